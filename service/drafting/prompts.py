"""Prompt folders in, checked Prompts out. An institution's folder overlays ours by file."""

import hashlib
import tomllib
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from service.database import now
from service.drafting.placeholders import KNOWN, check_placeholders
from service.drafting.template import Asking, BriefRules, Meta, MustCarry, Prompt
from service.errors import WrongSetting
from service.summary.vocabulary import SummaryType

__all__ = ["Prompt", "load_prompts", "packaged_prompts"]

PACKAGED = Path(__file__).resolve().parents[2] / "prompts"
SHARED = "shared"
Checked = TypeVar("Checked", bound=BaseModel)


def load_prompts(folder: Path | None = None) -> dict[SummaryType, Prompt]:
    """A checked Prompt for every summary type.

    Files in `folder` (COUNTERSIGN_PROMPTS_DIR) take the place of ours of the same relative
    name; the rest stays. Raises WrongSetting naming the file and the key that is wrong.
    """
    if folder is not None and not folder.is_dir():
        raise WrongSetting(f"COUNTERSIGN_PROMPTS_DIR names {folder}, which is not a folder.")
    files = _Files(folder)
    prompts = {each: files.prompt(each) for each in SummaryType}
    files.check_all_used()
    return prompts


@lru_cache(maxsize=1)
def packaged_prompts() -> dict[SummaryType, Prompt]:
    """The prompts that ship with the product."""
    return load_prompts(None)


class _Files:
    """The packaged folder with an institution's folder laid over it."""

    def __init__(self, overlay: Path | None) -> None:
        self.overlay = overlay
        self.used: set[str] = set()

    def prompt(self, summary_type: SummaryType) -> Prompt:
        names = self._names(summary_type)
        return Prompt(
            summary_type=summary_type,
            meta=self._meta(summary_type),
            system=self.text(f"{summary_type}/system.md"),
            rules=self.text(f"{SHARED}/rules.md"),
            asking=self._asking(),
            must_carry=self._must_carry(summary_type),
            brief=self._brief(),
            hash=self._hash(names),
            loaded_at=now(),
            own_files=tuple(n for n in names if self.overlay and (self.overlay / n).is_file()),
        )

    def check_all_used(self) -> None:
        """Raise WrongSetting for an institution's file that nothing reads: a name mistyped."""
        mine = self.overlay.rglob("*") if self.overlay else ()
        for path in sorted(p for p in mine if p.suffix in (".md", ".toml")):
            name = path.relative_to(self.overlay or path).as_posix()
            if name not in self.used and name != "README.md":
                raise WrongSetting(
                    f"{path} is read by no summary type. Give it the name of the file that it "
                    "takes the place of, or of a section that a meta.toml lists."
                )

    def find(self, name: str) -> Path | None:
        """The file that holds for this name; it counts as read from now on."""
        path = self._locate(name)
        self.used.update((name,) if path else ())
        return path

    def _locate(self, name: str) -> Path | None:
        roots = (root for root in (self.overlay, PACKAGED) if root is not None)
        return next((root / name for root in roots if (root / name).is_file()), None)

    def text(self, name: str) -> str:
        path = self.find(name)
        if path is None:
            raise WrongSetting(f"The prompt file {name} is missing. Put it back.")
        try:
            text = path.read_text(encoding="utf-8-sig").strip()
        except UnicodeDecodeError:
            raise WrongSetting(f"The prompt file {path} is not UTF-8. Save it as UTF-8.") from None
        if not text:
            raise WrongSetting(f"The prompt file {path} is empty. Write its text.")
        return text

    def toml(self, name: str) -> dict[str, Any]:
        try:
            return tomllib.loads(self.text(name))
        except tomllib.TOMLDecodeError as error:
            raise WrongSetting(f"{self.find(name)} is not valid TOML: {error}.") from None

    def _meta(self, summary_type: SummaryType) -> Meta:
        name = f"{summary_type}/meta.toml"
        value = self.toml(name)
        catalogue = self.toml(f"{SHARED}/sections.toml")
        listed = _tables(value, "sections", str(self.find(name)))
        value["sections"] = [self._section(each, catalogue, summary_type) for each in listed]
        meta = checked(Meta, value, str(self.find(name)))
        _check_no_key_twice(meta, str(self.find(name)))
        return meta

    def _section(
        self, given: dict[str, Any], catalogue: dict[str, Any], summary_type: SummaryType
    ) -> dict[str, Any]:
        key = str(given.get("key"))
        instruction = self._instruction(key, summary_type)
        shared = catalogue.get(key, {})
        if not isinstance(shared, dict):
            at = self.find(f"{SHARED}/sections.toml")
            raise WrongSetting(f"{at}: {key} is no section. Write [{key}] above its values.")
        return {**shared, **given, "instruction": instruction}

    def _instruction(self, key: str, summary_type: SummaryType) -> str:
        own = f"{summary_type}/sections/{key}.md"
        return self.text(own if self.find(own) else f"{SHARED}/sections/{key}.md")

    def _asking(self) -> Asking:
        names = {name: f"{SHARED}/{name}.md" for name in KNOWN}
        return Asking(
            **{
                name: check_placeholders(name, self.text(path), str(self.find(path)))
                for name, path in names.items()
            }
        )

    def _brief(self) -> BriefRules:
        name = f"{SHARED}/brief.toml"
        return checked(BriefRules, self.toml(name), str(self.find(name)))

    def _must_carry(self, summary_type: SummaryType) -> tuple[MustCarry, ...]:
        name = f"{SHARED}/must-carry.toml"
        at = str(self.find(name))
        rules = (
            checked(MustCarry, rule, f"{at}, rule {n}")
            for n, rule in enumerate(_tables(self.toml(name), "rules", at), 1)
        )
        return tuple(rule for rule in rules if not rule.types or summary_type in rule.types)

    def _hash(self, names: list[str]) -> str:
        digest = hashlib.sha256()
        for name in names:
            path = self._locate(name)
            assert path is not None
            digest.update(f"{name}\0".encode() + path.read_bytes() + b"\0")
        return digest.hexdigest()

    def _names(self, summary_type: SummaryType) -> list[str]:
        roots = [root for root in (self.overlay, PACKAGED) if root is not None]
        return sorted(
            {
                path.relative_to(root).as_posix()
                for root in roots
                for part in (SHARED, summary_type)
                for path in (root / part).rglob("*")
                if path.suffix in (".md", ".toml")
            }
        )


def checked(model: type[Checked], value: object, where: str) -> Checked:
    """The value as a checked model. Raises WrongSetting naming `where` and the key."""
    try:
        return model.model_validate(value)
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(map(str, first["loc"])) or "the file"
        raise WrongSetting(f"{where}: {key}: {first['msg']}. Correct it and start again.") from None


def _tables(value: dict[str, Any], key: str, where: str) -> list[dict[str, Any]]:
    """The tables listed under a key; none where it is missing. Raises WrongSetting."""
    listed = value.get(key, [])
    if not isinstance(listed, list) or not all(isinstance(each, dict) for each in listed):
        raise WrongSetting(f"{where}: {key} lists no tables. Write [[{key}]] above each entry.")
    return listed


def _check_no_key_twice(meta: Meta, where: str) -> None:
    keys = [section.key for section in meta.sections]
    for key in keys:
        if keys.count(key) > 1:
            raise WrongSetting(f"{where}: section {key} is listed twice. Keep one.")
