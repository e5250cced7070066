"""CSV statements: ``inspect`` detects the format of a file, ``read`` streams its lines."""

from app.domain.statement.csv.inspection import inspect, read
from app.domain.statement.csv.layout import Inspection, Layout, Question, Traits, open_question
from app.domain.statement.csv.reading import read_lines

__all__ = ("Inspection", "Layout", "Question", "Traits", "inspect", "open_question", "read", "read_lines")
