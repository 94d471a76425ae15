"""What statuses, fields of a profile, and letters are called on the pages about people: tables of words."""

from __future__ import annotations

from typing import Final

from revmod_live.portal.languages import says

STANDINGS: Final = {
    "invited": says("Invited"),
    "new": says("No profile yet"),
    "saved": says("Profile saved"),
    "submitted": says("Waiting for approval"),
    "approved": says("Approved"),
    "refused": says("Not approved"),
    "suspended": says("Suspended"),
    "disabled": says("Disabled"),
}
FIELDS: Final = {
    "name": says("Name"),
    "email": says("E-mail address"),
    "state": says("State"),
    "role": says("Role"),
    "phone": says("Office phone"),
    "office_hours": says("Office hours"),
    "location": says("Location"),
    "working_language": says("Preferred language"),
    "expertise": says("Area of expertise"),
    "gender": says("Gender"),
    "show_phone": says("Whether the phone number is shown"),
    "show_expertise": says("Whether the area of expertise is shown"),
}
LINKS: Final = {
    "living": says("Waiting to be used"),
    "expired": says("Expired"),
    "ended": says("Revoked"),
}
"""How the link of an invitation stands."""

LETTERS: Final = {
    "sent": says("Sent"),
    "waiting": says("Waiting"),
    "failed": says("Failed"),
}
