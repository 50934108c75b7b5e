"""`countersign doctor`: is each part reachable, are the settings sane, is the schema current?"""

from collections.abc import Callable, Sequence

import click
import redis
from sqlalchemy import text

from service import migrations
from service.access.policy import policy_in_force
from service.bootstrap import Runtime, configure_logging, new_celery
from service.chart import trying
from service.chart.arrival import look as arrival
from service.cli.common import as_json, show
from service.drafting.model.probe import look
from service.drafting.model.writer import ModelWriter
from service.embedded import running_parts
from service.errors import CountersignError, WrongSetting
from service.settings import Settings, load_settings
from service.signin.look import looked_at
from service.verification.entailment.trial import tried
from service.writeback.hooks import look as hooks

ANSWERS_WITHIN_S = 1.0  # whoever of the workers has not answered by then is not counted


@click.command()
@click.option("--patient", metavar="ID", help="Read one chart too, and keep nothing.")
@as_json
def doctor(as_json: bool, patient: str | None) -> int:
    """Look at every part and setting; exit 1 when one needs a hand."""
    settings = load_settings()
    configure_logging(settings)
    with running_parts(settings) as parts:
        runtime = Runtime(parts.settings)
        looks = LOOKS | ({"patient": _patient(patient)} if patient else {})
        found = {name: _looked_at(look, runtime) for name, look in looks.items()}
        runtime.close()
        printable = parts.settings.printable()
    lines = [f"{'ok  ' if ok else 'LOOK'} {name:10} {said}" for name, (ok, said) in found.items()]
    lines += ["", *(f"{name} = {value}" for name, value in printable.items())]
    answer = {
        "parts": {n: {"ok": ok, "said": said} for n, (ok, said) in found.items()},
        "settings": printable,
    }
    show(answer, as_json=as_json, lines=lines)
    return 0 if all(ok for ok, _ in found.values()) else 1


def _looked_at(look: Callable[[Runtime], str], runtime: Runtime) -> tuple[bool, str]:
    try:
        return True, look(runtime)
    except CountersignError as error:
        return False, error.sentence
    except Exception as error:
        return False, f"does not answer ({type(error).__name__}). Is it running at that address?"


def _database(runtime: Runtime) -> str:
    with runtime.engine.connect() as connection:
        return str(connection.scalar(text("SHOW server_version")))


def _schema(runtime: Runtime) -> str:
    if migrations.is_current(runtime.engine):
        return "current"
    runtime.migrate()
    return "was behind; brought up to date"


def _redis(runtime: Runtime) -> str:
    assert runtime.settings.redis_url
    with redis.Redis.from_url(runtime.settings.redis_url.get_secret_value()) as client:
        return str(client.info("server")["redis_version"])


def _workers(runtime: Runtime) -> str:
    """How many processes work for the queue, on every machine; nothing is asked of a worker."""
    told = new_celery(runtime.settings).control.inspect(timeout=ANSWERS_WITHIN_S).stats() or {}
    return share_of(runtime.settings, [each["pool"]["max-concurrency"] for each in told.values()])


def share_of(settings: Settings, processes: Sequence[int]) -> str:
    """What one person, or one patient, may have of so many processes, by worker. Raises
    WrongSetting where each machine counts its own alone: who has a place is known to all."""
    if not processes:
        return "none answers; what is asked for waits for one"
    in_all, share = sum(processes), settings.worker_share or max(settings.worker_processes - 1, 1)
    of = "one worker" if len(processes) == 1 else f"{len(processes)} workers"
    told = f"{in_all} processes of {of}, {share} at most for one person"
    if settings.worker_share is None and len(processes) > 1 and share != in_all - 1:
        raise WrongSetting(
            f"{told}: that is counted from COUNTERSIGN_WORKER_PROCESSES of this machine. Set "
            f"COUNTERSIGN_WORKER_SHARE alike on every machine; {in_all - 1} leaves one for others."
        )
    return told


def _chroma(runtime: Runtime) -> str:
    runtime.index.check_answers()
    return "answers"


def _ehr(runtime: Runtime) -> str:
    if not runtime.settings.fhir_url:
        return "COUNTERSIGN_FHIR_URL is not set; `countersign demo` starts a sandbox EHR"
    return trying.look(runtime.client)


def _arrival(runtime: Runtime) -> str:
    """How news of charts come; nothing is asked of the EHR but what it can do."""
    settings = runtime.settings
    if not settings.fhir_url:
        return "no EHR to have news from"
    return arrival.said(
        runtime.client,
        public_url=settings.public_url or "",
        has_secret=settings.notify_secret is not None,
    )


def _webhooks(runtime: Runtime) -> str:
    """Who is told what became of summaries; nobody is sent anything."""
    with runtime.transaction() as session:
        return hooks.said(session, runtime.settings.webhooks)


def _patient(patient_id: str) -> Callable[[Runtime], str]:
    ref = f"Patient/{patient_id.removeprefix('Patient/')}"
    return lambda runtime: trying.try_patient(runtime.client, ref)


def _sign_in(runtime: Runtime) -> str:
    """Each provider's description and keys are read; nobody is signed in."""
    return looked_at(runtime.settings)


def _relation(runtime: Runtime) -> str:
    """Whether a clinician's relation to the patient decides, and who covers."""
    settings = runtime.settings
    covered = sorted({ref for each in settings.covering for ref in each.of})
    covers = f"; covered: {', '.join(covered)}" if covered else ""
    return f"{settings.relation_in_force}{covers}; broken glass lasts {settings.glass_hours:g} h"


def _prompts(runtime: Runtime) -> str:
    return ", ".join(f"{name} {prompt.meta.version}" for name, prompt in runtime.prompts.items())


def _model(runtime: Runtime) -> str:
    """A model is asked one small question in each way; nothing of any patient leaves."""
    writer = runtime.writer
    return look(writer) if isinstance(writer, ModelWriter) else writer.name


def _entailment(runtime: Runtime) -> str:
    """Three pairs of nobody are asked; a model is sent nothing else."""
    scorer = runtime.scorer
    return tried(scorer) if scorer is not None else "none: typed comparison alone decides"


def _policy(_runtime: Runtime) -> str:
    """What the site does with security labels, rule by rule."""
    return "\n     ".join(policy_in_force().printable())


LOOKS: dict[str, Callable[[Runtime], str]] = {
    "database": _database,
    "schema": _schema,
    "redis": _redis,
    "workers": _workers,
    "chroma": _chroma,
    "ehr": _ehr,
    "arrival": _arrival,
    "webhooks": _webhooks,
    "sign-in": _sign_in,
    "relation": _relation,
    "prompts": _prompts,
    "policy": _policy,
    "model": _model,
    "entailment": _entailment,
}
