"""The tables of patrol. Positions, presence, coverage and results are made in SQL by the second migration."""

from wangge.domains.patrol.models.gaps import CollectionGap, GapKind
from wangge.domains.patrol.models.teams import Team, TeamMember

__all__ = ["CollectionGap", "GapKind", "Team", "TeamMember"]
