"""Scenarios: tests for a program. Dated days in a shop, and what must be true after each step."""

from regulars.scenarios.model import Failure, Poster, Scenario, ScenarioResult, Step, Suite
from regulars.scenarios.read import read
from regulars.scenarios.run import run_file, run_suite

__all__ = ["Failure", "Poster", "Scenario", "ScenarioResult", "Step", "Suite", "read", "run_file", "run_suite"]
