"""Prompt files with placeholders: each one known, those that are needed there."""

from string import Formatter

from service.errors import WrongSetting

# File -> the placeholders that are filled in, and those without which the file makes no sense.
KNOWN = {
    "answer": ({"schema"}, {"schema"}),
    "question": (
        {
            "title",
            "period",
            "most",
            "instruction",
            "looked_for",
            "shown",
            "part",
            "not_fitted",
            "fence",
            "evidence",
        },
        {"instruction", "fence", "evidence"},
    ),
    "repair": ({"problem"}, {"problem"}),
    "redraft": ({"doubts"}, {"doubts"}),
    "returned": ({"reason"}, {"reason"}),
}


def check_placeholders(name: str, text: str, where: str) -> str:
    """The text as it is. Raises WrongSetting naming `where` and the placeholder."""
    known, needed = KNOWN[name]
    used = _used(text, where)
    if strange := sorted(used - known):
        raise WrongSetting(
            f"{where}: {{{strange[0]}}} is no placeholder of this file. Those are "
            f"{', '.join(sorted(known))}; write a brace that is meant as one twice."
        )
    if missing := sorted(needed - used):
        raise WrongSetting(f"{where}: {{{missing[0]}}} is missing. Put it where it belongs.")
    return text


def _used(text: str, where: str) -> set[str]:
    try:
        fields = [field[1:] for field in Formatter().parse(text) if field[1] is not None]
    except ValueError:
        raise WrongSetting(
            f"{where}: a brace is open or closed alone. Write a brace that is meant as one twice."
        ) from None
    for name, form, conversion in fields:
        if form or conversion:
            raise WrongSetting(
                f"{where}: {{{name}}} stands with a form. Write nothing but its name in the braces."
            )
    return {str(name) for name, _, _ in fields}
