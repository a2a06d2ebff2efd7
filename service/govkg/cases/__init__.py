"""The cases and all that is known with them: loading, reading, diagnosing, explaining."""

from govkg.cases.kg import KG

__all__ = ["KG"]
