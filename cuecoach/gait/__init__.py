"""IMU samples in, running steps out."""

from __future__ import annotations

from cuecoach.gait.analyser import GaitAnalyser, GaitUpdate, PelvisSeries

__all__ = ["GaitAnalyser", "GaitUpdate", "PelvisSeries"]
