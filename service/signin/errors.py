"""Why somebody could not be signed in: a provider that is away, a step that failed, no role."""

from dataclasses import dataclass

from service.errors import CountersignError, Unavailable


class ProviderSilent(Unavailable):
    """The provider does not answer, or not as a provider would. The sentence is for the person,
    `why` for IT: which address gave what; "" where the sentence says it."""

    def __init__(self, sentence: str, why: str = "") -> None:
        super().__init__(sentence)
        self.why = why


class SignInFailed(CountersignError):
    """What came back from the provider is not to be trusted, or not what was asked for.

    `check` names what failed, for the audit; the sentence is for the person.
    """

    status_code = 403

    def __init__(self, sentence: str, check: str) -> None:
        super().__init__(sentence)
        self.check = check


@dataclass(frozen=True)
class Known:
    """What the provider said of somebody whom we cannot let in, for IT to set up."""

    provider: str
    subject: str
    name: str
    claims: dict[str, str]


class NotSetUp(SignInFailed):
    """The provider vouches for this person, and the settings give them nothing to do here."""

    def __init__(self, sentence: str, check: str, known: Known, advice: str) -> None:
        super().__init__(sentence, check)
        self.known = known
        self.advice = advice
