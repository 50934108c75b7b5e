"""What `doctor` says of signing in: is it set up, does each provider answer, what to register."""

from service.errors import CountersignError, WrongSetting
from service.fhir.clientkey import signing_key
from service.settings import Settings
from service.signin.journey import is_our_ehr
from service.signin.provider import Provider

CALLBACK = "/sign-in/callback"


def looked_at(settings: Settings) -> str:
    """One sentence a provider. Raises WrongSetting with all that is missing."""
    if not settings.sign_in:
        return _nobody(settings)
    if settings.public_url is None:
        raise WrongSetting(
            "COUNTERSIGN_PUBLIC_URL is not set: the https address at which browsers reach "
            "Countersign, as registered with the providers."
        )
    said, wrong = [], []
    for each in settings.sign_in:
        try:
            said.append(_answer(Provider(each), settings))
        except CountersignError as error:
            wrong.append(f"{each.key}: {getattr(error, 'why', '') or error.sentence}")
    if wrong:
        raise WrongSetting(" ".join(wrong))
    return "; ".join(said)


def _nobody(settings: Settings) -> str:
    if settings.demo or not settings.fhir_url:
        return "no provider is set; a demo needs none"
    raise WrongSetting(
        "nobody can sign in: put a [[sign_in]] table into the settings (docs/integration.md)."
    )


def _answer(provider: Provider, settings: Settings) -> str:
    """Reads its description and keys, and proves who we are. Raises CountersignError."""
    each = provider.settings
    if each.is_smart and not is_our_ehr(provider, settings):
        raise WrongSetting(
            "its fhir_url is not COUNTERSIGN_FHIR_URL, so its launches would open other people's "
            "charts. Where both are one EHR under two addresses, set same_ehr = true."
        )
    signing_key(each)
    keys = len(provider.keys().keys)
    provider.check_knows_us(redirect_uri=f"{settings.public_url}{CALLBACK}")
    cds = f", signs its calls of {settings.public_url}/cds-services" if _signs(provider) else ""
    launch = f", launch {settings.public_url}/launch" if each.is_smart else ""
    return (
        f"{each.key} answers with {keys} {'key' if keys == 1 else 'keys'} and knows us; register "
        "redirect "
        f"{settings.public_url}{CALLBACK}{launch}{cds}"
    )


def _signs(provider: Provider) -> bool:
    """Whether it is set up to ask for cards; its keys for that are read. Raises ProviderSilent."""
    return provider.settings.cds_issuer is not None and len(provider.cds_keys().keys) > 0
