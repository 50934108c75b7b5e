"""Whether somebody showed lately enough who they are, where a site asks for it to sign, and to
withdraw what was signed."""

from datetime import timedelta

from service.database import now
from service.settings import Settings
from service.web.errors import SignInAgain
from service.web.sessions import SignedIn


def check_fresh(signed_in: SignedIn, settings: Settings) -> None:
    """Raise SignInAgain when the sign-in is older than the site allows for a signature, or the
    provider did not say when it was. The people of a demo have no password to ask for."""
    if settings.sign_max_age_s is None or signed_in.came.provider_key is None:
        return
    at = signed_in.came.authenticated_at
    if at is None or at < now() - timedelta(seconds=settings.sign_max_age_s):
        minutes = max(1, settings.sign_max_age_s // 60)
        within = "minute" if minutes == 1 else f"{minutes} minutes"
        raise SignInAgain(
            "Sign in again first: here a signature, and a withdrawal of what was filed, needs a "
            f"sign-in of the last {within}."
        )


def is_fresh(signed_in: SignedIn, settings: Settings) -> bool:
    try:
        check_fresh(signed_in, settings)
    except SignInAgain:
        return False
    return True
