"""The keys: one of each patient, and of each thing that is nobody's."""

from datetime import datetime

from sqlalchemy import LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from service.database import Base, now


class PatientKey(Base):
    """The secret of one patient: their chart text is sealed with a key made of it, and opaque
    ids and the rotation of vectors are made from it alone.

    `secret` is wrapped with the site's key, which is in no database. Deleting the row makes
    meaningless what was sealed, wherever a copy of it lies. `id` stands in front of everything
    that was sealed with it. `patient_ref` names the owner: a patient; "" for what is no
    patient's, such as practitioners; "uploads/ID" for a thing that may hold several patients.
    """

    __tablename__ = "patient_keys"

    patient_ref: Mapped[str] = mapped_column(primary_key=True)
    id: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    secret: Mapped[bytes] = mapped_column(LargeBinary)
    made_at: Mapped[datetime] = mapped_column(default=now)
