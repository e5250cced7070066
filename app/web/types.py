"""Types of parameters and results that most handlers share."""

from __future__ import annotations

from typing import Any

from litestar import Request, Response
from litestar.di import NamedDependency
from litestar.params import URLEncodedBody
from litestar.response import Template

from app.services import Member, Services

AnyRequest = Request[Any, Any, Any]
Reply = Template | Response[Any]
Form = dict[str, str]
FormBody = URLEncodedBody[Form]
MemberDep = NamedDependency[Member]
ServicesDep = NamedDependency[Services]
