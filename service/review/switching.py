"""Where no model is asked: hospital IT turns it off and on, and the reason is shown."""

from sqlalchemy.orm import Session

from service.drafting import switches
from service.drafting.models import ModelSwitch
from service.review import permissions
from service.review.hold import needed
from service.summary.people import Person


def list_switches(session: Session, person: Person) -> list[ModelSwitch]:
    """Every switch that a person has turned, newest first. Raises NotPermitted."""
    permissions.check_may(person, permissions.Ability.SWITCH)
    return switches.switches(session)


def switch_model_off(session: Session, switch: str, reason: str, *, by: Person) -> ModelSwitch:
    """Raises NotPermitted, BadInput (no such form, no reason), Conflict (it is off)."""
    permissions.check_may(by, permissions.Ability.SWITCH)
    return switches.switch_off(session, switch.strip(), reason=needed(reason), by=by.id)


def switch_model_on(session: Session, switch: str, *, by: Person) -> ModelSwitch:
    """The switch that is gone. Raises NotPermitted, NotFound (nobody has switched it off)."""
    permissions.check_may(by, permissions.Ability.SWITCH)
    gone = next((s for s in switches.switches(session) if s.switch == switch.strip()), None)
    switches.switch_on(session, switch.strip(), by=by.id)
    assert gone is not None  # switch_on raises where there is none
    return gone
