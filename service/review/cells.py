"""Cells of a file that a spreadsheet opens."""

# A spreadsheet runs a cell that begins so (OWASP, CSV Injection); a quote before it makes it text.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")


def safe_cell(value: object) -> str:
    """A cell that no spreadsheet takes for a formula."""
    cell = "" if value is None else str(value)
    return f"'{cell}" if cell.lstrip(" ").startswith(FORMULA_STARTS) else cell
