"""The weekly report in each of its forms, and the answers to what is behind it."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING

from monitor.commands.base import CommandFailed, Outcome

if TYPE_CHECKING:
    from datetime import datetime

    from alerts.weekly_report import CommentRow
    from monitor.weekly.explaining import Explainer
    from monitor.weekly.gathering import Gathered
    from monitor.wiring import App


@dataclass(frozen=True)
class Explaining:
    """One gathered report, for whoever `hidden` is hidden from."""

    app: App
    gathered: Gathered
    hidden: Collection[int]
    now: datetime
    sent: Callable[[str], Gathered | None]
    """The report of another week as it was sent."""

    def file(self, form: str) -> bytes:
        """The report as text, html, pdf, csv or xlsx."""
        from alerts.report_render import weekly_html, weekly_text

        report = self.gathered.report
        match form:
            case "html":
                return weekly_html(report).encode()
            case "csv":
                from alerts.report_csv import weekly_csv

                return weekly_csv(report, self._comments()).encode()
            case "xlsx":
                from alerts.report_xlsx import weekly_xlsx

                return weekly_xlsx(report, self._comments())
            case "pdf":
                from alerts.report_pdf import weekly_pdf

                return weekly_pdf(report)
            case _:
                return weekly_text(report).encode()

    def answer(self, asked: str) -> bytes:
        """What is behind one number. Raises CommandFailed for one that is not in the report."""
        from monitor.commands.weekly_explained import explained
        from monitor.weekly.explaining import NoSuchNumber

        try:
            return (explained(self._explainer, asked) + "\n").encode()
        except NoSuchNumber as unknown:
            raise CommandFailed(f"--explain: {unknown}", Outcome.USAGE) from None

    def _comments(self) -> tuple[CommentRow, ...]:
        return self._explainer.comments()

    @property
    def _explainer(self) -> Explainer:
        from monitor.weekly.explaining import Explainer

        return Explainer(self.app.store, self.app.settings, self.gathered, self.hidden, self.now, self.sent)
