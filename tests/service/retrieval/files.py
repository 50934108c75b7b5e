"""What stands in the files of the parts that a test runs."""


def found_in_files(folder, wanted):
    found = {}
    for path in folder.rglob("*"):
        if path.is_file() and "postgres" not in path.parts:
            content = path.read_bytes()
            if hits := [each for each in wanted if each in content]:
                found[path.name] = hits
    return found
