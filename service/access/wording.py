"""How it is said that something was withheld: the fact itself can reveal too much."""

from service.summary.vocabulary import Role

TREATING = (Role.CLINICIAN, Role.TRAINEE, Role.ATTENDING)


def withheld_words(count: int, role: Role | None) -> str:
    """One sentence for this reader; "" when a treating clinician has nothing to be told.

    Everybody else reads the same sentence whether something was withheld or not, so that
    it tells them nothing about this patient.
    """
    if role not in TREATING:
        return "Some records may not be shown to you."
    if count == 0:
        return ""
    return f"{count} restricted {'record was' if count == 1 else 'records were'} not used."
