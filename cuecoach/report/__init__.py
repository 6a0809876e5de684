"""What a run looked like: one page, its figures, and the same in the terminal."""

from cuecoach.report.page import report_html
from cuecoach.report.pictures import write_figures
from cuecoach.report.text import report_text

__all__ = ["report_html", "report_text", "write_figures"]
