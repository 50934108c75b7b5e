"""What stands in the files of the parts that a test runs."""

from contextlib import suppress


def bytes_under(folder):
    """What each file holds; PostgreSQL may take one away between its listing and its reading."""
    found = {}
    for path in folder.rglob("*"):
        with suppress(FileNotFoundError):
            if path.is_file():  # a socket is none
                found[path] = path.read_bytes()
    return found


def found_in_files(folder, wanted):
    """By name of file; the database's own files, which keep sealed text, are asked elsewhere."""
    return {
        path.name: hits
        for path, content in bytes_under(folder).items()
        if "postgres" not in path.parts and (hits := [each for each in wanted if each in content])
    }
