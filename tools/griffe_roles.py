"""Let the documentation site print docstrings' cross-references as code: ``:class:`Model``` becomes ```Model```.

Docstrings are written for editors and ``help()``, where such roles are usual; the site's generator does not know them.
A griffe extension, loaded by ``zensical.toml``.
"""

from __future__ import annotations

import re

import griffe

ROLE = re.compile(r":(?:attr|class|data|exc|func|meth|mod):`~?([\w.]+)`")


class Roles(griffe.Extension):
    """Rewrites the docstring of every object that griffe finds."""

    def on_object(self, *, obj: griffe.Object, **_: object) -> None:
        """Rewrite one docstring."""
        if obj.docstring is not None:
            obj.docstring.value = ROLE.sub(r"`\1`", obj.docstring.value)
