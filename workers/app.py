"""The Celery application and its settings; each number says what it protects against."""

from celery import Celery
from celery.schedules import crontab

from service.bootstrap import IN_TURN, configure_logging, new_celery
from service.queue import TaskName
from service.settings import Settings, load_settings

MODULES = ("workers.pipeline", "workers.filing", "workers.periodic")
HARD_AFTER_S = 60
ARRIVALS_EVERY_S = 30.0  # the shortest time between two polls that a profile may set
CLOSED_EVERY_S = 15.0  # what is closed is out of the index within the minute
ANCHOR_EVERY_S = 3600.0  # what was cut off in between does not show


def configure(app: Celery, settings: Settings) -> None:
    app.conf.update(
        include=MODULES,
        broker_transport_options=IN_TURN
        | {
            # A task that runs longer is delivered again. Each is safe to run twice; an hour
            # keeps a slow chart from being read by two workers at once.
            "visibility_timeout": 3600,
            # A lost Redis is noticed within seconds instead of at the next TCP timeout.
            "socket_keepalive": True,
            "health_check_interval": 5,
        },
        broker_connection_retry_on_startup=True,
        broker_connection_max_retries=None,  # Redis may be away for hours; the work stays owed
        task_ignore_result=True,  # results live in PostgreSQL
        task_acks_late=True,  # a killed worker's task is delivered again
        task_reject_on_worker_lost=True,
        worker_prefetch_multiplier=1,  # a waiting task belongs to whoever is free
        # A text or a part that never answers: first told to the task, which says so on the
        # summary; then, where a library does not hear it, the process is ended.
        task_soft_time_limit=settings.task_timeout_s,
        task_time_limit=settings.task_timeout_s + HARD_AFTER_S,
        worker_max_tasks_per_child=500,  # a leak in a PDF library ends here
        task_serializer="json",
        accept_content=["json"],
        timezone=settings.time_zone,  # a time of the day is meant where the site is
        worker_hijack_root_logger=False,
        beat_schedule={
            # A sweep that waited longer than its period has been overtaken by the next one.
            name: {"task": name.value, "schedule": every_s, "options": {"expires": every_s}}
            for name, every_s in (
                (TaskName.SWEEP_OWED, settings.sweep_every_s),
                (TaskName.STEP_RECALLS, settings.sweep_every_s),
                (TaskName.SEND_HOOKS, settings.sweep_every_s),
                (TaskName.SYNC_INDEX, 20 * settings.sweep_every_s),
                (TaskName.READ_RECORDS, 20 * settings.sweep_every_s),
                (TaskName.KEEP_ARRIVALS, ARRIVALS_EVERY_S),
                (TaskName.CLOSE_INDEX, CLOSED_EVERY_S),
                (TaskName.ANCHOR_AUDIT, ANCHOR_EVERY_S),
            )
        }
        | _daily(settings),
    )


def _daily(settings: Settings) -> dict[str, dict[str, object]]:
    if not settings.prepare_at:
        return {}
    hour, minute = settings.prepare_at.split(":")
    task = TaskName.PREPARE_VISITS
    return {
        task: {"task": task.value, "schedule": crontab(minute, hour), "options": {"expires": 3600}}
    }


_settings = load_settings()
configure_logging(_settings)
app = new_celery(_settings)
configure(app, _settings)
