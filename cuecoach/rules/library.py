"""The documents of one reading, and the rules that others take their settings from (`extends`)."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from pathlib import Path

from cuecoach.diagnostics import Diagnostic
from cuecoach.errors import UsageError
from cuecoach.rules.files import cue_files
from cuecoach.rules.written import Written, read_written
from cuecoach.yamldoc import Document, Fault, load_document

#: First letter of the codes of cue files.
PREFIX = "C"
#: A rule that takes from a rule that takes from a rule …: more steps than this nobody can follow.
MAX_STEPS = 5


class Library:
    """Every file is read once, every rule checked once.

    Parameters
    ----------
    search
        The folder of the bundled files; the one that comes with the program when None.
    """

    def __init__(self, search: Path | None = None) -> None:
        self._search = search
        self._documents: dict[Path, Document] = {}
        self._written: dict[tuple[str, str], Written] = {}

    def document(self, file: Path) -> Document:
        """Return a file's document.

        Raises
        ------
        UsageError
            When it cannot be read.
        """
        key = file.resolve()
        if key not in self._documents:
            self._documents[key] = load_document(file, prefix=PREFIX)
        return self._documents[key]

    def written(self, document: Document, rule_id: str) -> Written:
        """Return a rule by itself."""
        key = (document.path, rule_id)
        if key not in self._written:
            self._written[key] = read_written(document, rule_id)
        return self._written[key]

    def chain(self, rule: Written) -> tuple[list[Written], Diagnostic | None]:
        """Return the rules a rule is made of, itself last, and what is wrong with the first step."""
        chain = [rule]
        try:
            while (target := self._extends(chain[-1])) is not None:
                base = self._base(chain[-1], target)
                names = " → ".join(f"`{w.id}`" for w in (*chain, base))
                if any(base.document is w.document and base.id == w.id for w in chain):
                    raise Fault(f"`extends` goes in a circle: {names}", self._elsewhere(rule), number=111)
                chain.append(base)
                if len(chain) > MAX_STEPS + 1:
                    raise Fault(
                        f"`extends` goes through more than {MAX_STEPS} rules", "extend an earlier one", number=111
                    )
        except Fault as fault:
            if fault.number == 110 and len(chain) > 1:
                fault = Fault(
                    f"`{chain[-1].id}` itself extends a rule that is not there", "mend that one first", number=112
                )
            return [rule], rule.document.problem(fault.number, str(fault), (*rule.at, "extends"), help=fault.help)
        for base in chain[1:]:
            first = next((p for p in base.problems if p.is_error), None)
            if base.has_errors:
                where = f"{base.document.path}:{first.line}:{first.column}" if first else base.document.path
                message = f"`{base.id}`, which this extends, has a mistake itself"
                place = (*rule.at, "extends")
                return [rule], rule.document.problem(112, message, place, help=f"mend {where} first")
        return chain[::-1], None

    def bundled_name(self, rule: Written) -> str | None:
        """Return what `extends` calls a bundled rule, None when it is of another file."""
        file = Path(rule.document.path)
        try:
            return f"{file.stem}/{rule.id}" if file.resolve().parent == self._bundled().resolve() else None
        except Fault:
            return None

    def names(self, target: str, document: Document) -> tuple[Path, str] | None:
        """Return the file and rule that `extends: target` of a document means, None when it is no such thing."""
        file, _, rule_id = target.rpartition("/")
        if not file:
            return Path(document.path), rule_id
        if "/" in file or "\\" in file or file in (".", ".."):
            return None
        if file.endswith((".yaml", ".yml")):
            return Path(document.path).parent / file, rule_id
        return self._bundled() / f"{file}.yaml", rule_id

    # ------------------------------------------------------------ one step
    def _extends(self, rule: Written) -> str | None:
        # Read from the document: a rule whose other settings are wrong still says what it extends.
        target = rule.document.get((*rule.at, "extends"))
        return target.strip() if isinstance(target, str) else None

    def _base(self, rule: Written, target: str) -> Written:
        named = self.names(target, rule.document)
        if named is None:
            mend = "write `posture/run-tall`, `run-tall` for a rule of this file, or `other.yaml/run-tall` for a file beside it"
            raise Fault(f"`{target}` does not name a rule", mend, number=110)
        file, rule_id = named
        if not file.is_file():
            raise Fault(f"there is no cue file `{target.rpartition('/')[0]}`", self._likely(target), number=110)
        try:
            document = self.document(file)
        except UsageError as error:
            raise Fault(str(error), number=112) from None
        if document.data is None:
            raise Fault(f"`{file.name}` cannot be read", f"mend it first: cuecoach cues check {file}", number=112)
        rules = document.get(("rules",))
        if not isinstance(rules, dict) or rule_id not in rules:
            folder, slash, _ = target.rpartition("/")
            known = [f"{folder}{slash}{other}" for other in rules] if isinstance(rules, dict) else []
            where = f"`{folder}`" if slash else "this file"
            raise Fault(f"there is no rule `{rule_id}` in {where}", self._likely(target, known), number=110)
        return self.written(document, rule_id)

    def _likely(self, target: str, near: list[str] | None = None) -> str:
        bundled = list(self._all_bundled())
        # The right name in another file is likelier than another name in this one.
        same = [name for name in bundled if name.rpartition("/")[2] == target.rpartition("/")[2]]
        close = difflib.get_close_matches(target, near or [], n=1) or same
        close = close or difflib.get_close_matches(target, bundled, n=1, cutoff=0.5)
        return f"did you mean `{close[0]}`?" if close else f"there are: {', '.join((near or bundled)[:8])}"

    def _elsewhere(self, rule: Written) -> str:
        same = [name for name in self._all_bundled() if name.rpartition("/")[2] == rule.id]
        return f"did you mean `{same[0]}`?" if same else "one of them must be written out"

    def _all_bundled(self) -> Iterator[str]:
        for file in cue_files(self._bundled()):
            rules = self.document(file).get(("rules",))
            for rule_id in rules if isinstance(rules, dict) else ():
                yield f"{file.stem}/{rule_id}"

    def _bundled(self) -> Path:
        if self._search is None:
            from cuecoach.config import bundled

            try:
                self._search = bundled("cues")
            except UsageError as error:
                raise Fault(str(error), number=110) from None
        return self._search
