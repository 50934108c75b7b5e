"""What alembic runs: the migrations, on the connection that was handed in."""

from alembic import context

from service.migrations.tables import METADATA

context.configure(
    connection=context.config.attributes["connection"], target_metadata=METADATA, compare_type=True
)
context.run_migrations()
