"""YAML read so that nothing is retyped and every value keeps its line.

PyYAML's composer gives nodes with their marks; they are turned into dictionaries, lists and strings here, and into
nothing else: ``No``, ``off``, ``1:30`` and a date stay the words the author wrote. Repeated keys and anchors with
aliases are refused, for a reader of a policy should see what holds where it stands.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import yaml

from watchword.errors import Place, PolicyError, Problem

Path = tuple[str | int, ...]
Tree = dict[str, "Tree"] | list["Tree"] | str | None

_Loader: type[yaml.BaseLoader] = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
DEEPEST = 20  # levels of nesting; a policy needs six


@dataclass(frozen=True, slots=True)
class Source:
    """The content of a policy file as plain values, with the place of each."""

    file: str
    tree: Tree
    places: Mapping[Path, Place]

    def place(self, path: Path) -> Place:
        """Where the value at ``path`` stands; for a path that the file does not have, the nearest place above it."""
        known: Path = ()
        for part in path:
            if (*known, part) in self.places:
                known = (*known, part)
        return self.places.get(known, Place(self.file))


def read_source(text: str, file: str) -> Source:
    """Read YAML text. Raises PolicyError with every problem at once."""
    try:
        _refuse_deep_nesting(text, file)
        root = yaml.compose(text, Loader=_Loader)
    except yaml.YAMLError as error:
        raise _not_yaml(error, file) from error
    reader = _Reader(file)
    tree = reader.value(root, ()) if root is not None else None
    if reader.problems:
        raise PolicyError(
            f"{file} cannot be read as a policy.", do="Mend the problems listed.", problems=tuple(reader.problems)
        )
    return Source(file, tree, reader.places)


def _refuse_deep_nesting(text: str, file: str) -> None:
    """The composer calls itself for each level and would bring the process down; the events before it do not."""
    depth = 0
    for event in yaml.parse(text, Loader=_Loader):
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        if depth > DEEPEST:
            mark = event.start_mark
            place = Place(file, mark.line + 1, mark.column + 1) if mark else Place(file)
            what, do = "The policy is nested too deeply.", "Write it with fewer levels."
            raise PolicyError(what, do=do, place=place, problems=(Problem(what, do, place),))


class _Reader:
    def __init__(self, file: str) -> None:
        self.file = file
        self.places: dict[Path, Place] = {}
        self.problems: list[Problem] = []
        self._seen: set[int] = set()

    def value(self, node: yaml.Node, path: Path) -> Tree:
        place = Place(self.file, node.start_mark.line + 1, node.start_mark.column + 1)
        self.places[path] = place
        if id(node) in self._seen:
            self._problem("An alias repeats another part of the file.", "Write the part out where it holds.", place)
            return None
        self._seen.add(id(node))
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, path)
        if isinstance(node, yaml.SequenceNode):
            return [self.value(item, (*path, number)) for number, item in enumerate(node.value)]
        scalar = str(node.value)
        quoted = getattr(node, "style", None) in ("'", '"', "|", ">")
        return None if scalar in ("", "~", "null") and not quoted else scalar

    def _mapping(self, node: yaml.MappingNode, path: Path) -> Tree:
        found: dict[str, Tree] = {}
        for key_node, value_node in node.value:
            place = Place(self.file, key_node.start_mark.line + 1, key_node.start_mark.column + 1)
            key = key_node.value if isinstance(key_node, yaml.ScalarNode) else None
            if not isinstance(key, str):
                self._problem("A key is not a single word or phrase.", "Write it as  key: value.", place)
                continue
            if key in found:
                first = self.places[(*path, key)]
                self._problem(f'The key "{key}" is given twice; first on line {first.line}.', "Keep one.", place)
                continue
            found[key] = self.value(value_node, (*path, key))
            self.places[(*path, key)] = place
        return found

    def _problem(self, what: str, do: str, place: Place) -> None:
        self.problems.append(Problem(what, do, place))


def _not_yaml(error: yaml.YAMLError, file: str) -> PolicyError:
    mark = getattr(error, "problem_mark", None)
    place = Place(file, mark.line + 1, mark.column + 1) if mark else Place(file)
    what = f"This is not well-formed YAML: {getattr(error, 'problem', None) or 'it cannot be read'}."
    do = "Look for a missing quote, a tab, or a line that is not indented like its neighbours."
    return PolicyError(what, do=do, place=place, problems=(Problem(what, do, place),))
