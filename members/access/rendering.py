"""Words for what a browser says of itself."""

from __future__ import annotations

# The first that fits counts, since most programs also name those that they descend from.
PROGRAMS = {"MicroMessenger": "微信", "Edg": "Edge", "OPR": "Opera", "Firefox": "Firefox", "Chrome": "Chrome",
            "Safari": "Safari", "curl": "curl", "python": "Python"}
SYSTEMS = {"HarmonyOS": "HarmonyOS", "OpenHarmony": "HarmonyOS", "Android": "Android", "iPhone": "iPhone",
           "iPad": "iPad", "Windows": "Windows", "Mac OS": "macOS", "CrOS": "ChromeOS", "Linux": "Linux"}


def device_of(program: str) -> str:
    """Program and system out of a User-Agent, as far as they are known: "Chrome · Windows"."""
    found = [next((name for sign, name in table.items() if sign in program), "") for table in (PROGRAMS, SYSTEMS)]
    return " · ".join(name for name in found if name)
