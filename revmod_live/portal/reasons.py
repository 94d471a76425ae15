"""Every reason for a no → a sentence that says what to do about it: the one table.

Keys are the codes of `Refused.because` and `Unavailable.because`, the wire's refusals, and the kinds
of the other errors. A test finds every code in the program and fails where one has no sentence here.
"""

# ruff: noqa: E501 -- a sentence is read whole, and translated whole

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from babel.dates import format_time
from babel.numbers import format_decimal

from revmod_live.errors import Refused, RevmodError
from revmod_live.portal.languages import says
from revmod_live.portal.statuses import code_of

if TYPE_CHECKING:
    from revmod_live.portal.languages import Language

REASONS: Final = {
    # who is asking
    "sign-in": says(
        "You are not signed in, or your session has ended. Sign in again; what you typed is still on this device."
    ),
    "wrong-credentials": says(
        "The address or the password is wrong. Check both and try again; capital letters matter in the password."
    ),
    "too-many-tries": says(
        "Too many tries. Wait a quarter of an hour, then try again, or ask the secretariat for a new password."
    ),
    "too-many-looks": says(
        "You have opened the directory very often within a few minutes. Wait ten minutes, then try again."
    ),
    "token": says(
        "This access token is unknown, has expired or was revoked. Make a new one on your account page."
    ),
    "form-expired": says(
        "This form is no longer valid, perhaps because you signed in or out in another tab. Go back, load the page again and send it once more."
    ),
    "origin": says(
        "This request came from another site and was not carried out. Open the page here and try again."
    ),
    "suspended": says(
        "Your profile is not approved at present, so this page is closed to you. Your own profile, your account, help and contact stay open. The secretariat usually decides within one or two working days."
    ),
    "email-taken": says("There is an account with this address already. Use another address."),
    "weak-password": says(
        "This password is too weak. Use at least 12 characters, three each of small letters, capital letters, digits and other signs, and nothing well known."
    ),
    "code-needed": says(
        "This account also asks for a code. Open the sign-in page in another tab and sign in there; what you typed stays on this device."
    ),
    "wrong-code": says(
        "This code is not right, or it was used before. Wait for the next one in your app, or use a recovery code."
    ),
    "sign-in-expired": says("The time for the code is over. Begin again with your address and password."),
    "step-up": says("Give your password once more: it was last asked for some time ago."),
    "second-factor-on": says("The second factor is on already. Turn it off first if you want a new one."),
    "second-factor-off": says("The second factor is not on. Turn it on first on your account page."),
    "second-factor-first": says(
        "Your role asks for a second factor when you sign in. Turn it on first, on the page Account and security; then everything is open to you."
    ),
    "second-factor-required": says("Your role requires a second factor, so it cannot be turned off."),
    # invitations and other links
    "link-unknown": says(
        "This link is not known. Copy the whole address out of the letter, or ask the secretariat for a new one."
    ),
    "link-used": says("This link has been used already. Sign in with the password that you chose then."),
    "link-ended": says(
        "This link is not valid any more. Use the newest letter that you have, or ask the secretariat for a new one."
    ),
    "link-expired": says("The time of this link is over. Ask for a new one; nothing is lost."),
    "letters-key": says(
        "This letter was written under another key and cannot be sent. Have a new one written instead."
    ),
    "not-invited": says("This person has set a password already, so there is no invitation to send."),
    # accounts and profiles
    "own-account": says("Nobody decides on their own account. Ask a colleague in the secretariat."),
    "account-disabled": says("This account is disabled. The secretariat can enable it again."),
    "not-disabled": says("This account is not disabled, so there is nothing to enable."),
    "officer-there": says(
        "There is an account of the secretariat already. It can invite others on its own pages."
    ),
    "not-approved": says("This account is not approved at the moment, so this cannot be done with it."),
    "not-focal-point": says("This person is not a focal point, so nobody can take their place as one."),
    "profile-not-saved": says("Save your profile first: only what was saved can be submitted."),
    "profile-with-secretariat": says("Your profile is with the secretariat already. There is nothing to do."),
    "not-submitted": says("This profile was not submitted, or it has been decided on already."),
    "profile-moved": says("This profile was changed after the page was shown. Read it again, then decide."),
    # who may what
    "role": says(
        "Your role in this review does not allow this. Ask a focal point of your State or the secretariat if you think it should."
    ),
    "locked": says("This step is not open yet. It opens when the step before it has been sealed."),
    "frozen": says(
        "This step is sealed. Its text does not change any more; your text is kept in your drawer."
    ),
    # sections
    "claim": says("Take this section first: then you can draft in it."),
    "held-alone": says("%(name)s is drafting in this section alone. Wait until it is released, or ask them."),
    "held": says(
        "%(name)s is drafting in this section, so you cannot have it for you alone. Take it beside them, or wait."
    ),
    "join-anyway": says("%(name)s is drafting here since %(since)s. Join anyway?"),
    "not-empty": says("There is text in this section already, so a first text cannot be put there."),
    # votes
    "moved": says(
        "The text has changed since the page was shown, so your vote was not cast. Read what changed and vote on the new text."
    ),
    "voted": says(
        "Your State has voted already on this text. Withdraw that vote first if you want to vote again."
    ),
    "alternate": says(
        "Your State has one focal point at a time, who alone casts and withdraws its vote; at present you are an alternate. Ask the secretariat if this should change."
    ),
    "no-vote": says("Your State has no vote here that could be withdrawn."),
    "too-long": says(
        "The summaries have %(words)s words together; at most %(limit)s may be voted on. Shorten them first."
    ),
    "agreed": says("This version is in force already. Change something first if you want another."),
    # chats
    "message-empty": says("There is nothing in this message yet. Write something, then send it."),
    "message-long": says(
        "This message is too long: at most %(limit)s characters can be sent at once. Shorten it, or send it in parts."
    ),
    "message-signs": says(
        "This message holds signs that cannot be shown, perhaps from a copied text. Take them out and send it again."
    ),
    "message-id": says(
        "This message was not sent, because another one was sent from this page. Send it again."
    ),
    "chat-closed": says("This chat has ended with its step. It can still be read."),
    # text on its way
    "schema": says("This text holds something that the review cannot hold. It is kept in your drawer."),
    "gap": says("A part of this text did not arrive. It is kept in your drawer."),
    "epoch": says("The section was restored from an earlier state. Your text is kept in your drawer."),
    "author": says(
        "This text came under another person's name and was not accepted. It is kept in your drawer."
    ),
    "size": says("This is too large. Send it in smaller parts; nothing that you typed is lost."),
    "rate": says("This came too fast. Wait a moment; it is sent again by itself."),
    "invalid": says("This could not be read and was not accepted. It is kept in your drawer."),
    # this side
    "disk-full": says(
        "The server cannot store anything at the moment: everything can be read, nothing changed. Keep your page open; what you type stays on this device until the server takes it."
    ),
    "shutting-down": says("The server is being restarted. Try again in a minute."),
    "database-newer": says(
        "The data was written by a newer version of this program. The operator must start that version."
    ),
    "fault": says(
        "Something went wrong on our side. It has been noted. Try again; if it comes back, tell the secretariat when it happened."
    ),
    # the other kinds
    "not-found": says(
        "There is nothing at this address, or nothing that you may see. Check the address, or start from your reviews."
    ),
    "moving": says("The text is being changed at this moment. Wait a little and try again."),
    "malformed": says("This request could not be read. Go back, load the page again and try once more."),
}

TITLES: Final = {
    "sign-in": says("Sign in again"),
    "not-found": says("Not found"),
    "moving": says("The text is moving"),
    "moved": says("The text has changed"),
    "fault": says("Something went wrong"),
    "disk-full": says("Reading only"),
    "shutting-down": says("One moment"),
    "too-many-tries": says("Too many tries"),
    "too-many-looks": says("Too many looks"),
    "suspended": says("Not approved at present"),
    "join-anyway": says("Join anyway?"),
    "locked": says("Not open yet"),
    "frozen": says("Sealed"),
    "form-expired": says("Please send it again"),
}
_ANY_TITLE: Final = says("This was not done")


def sentence(language: Language, problem: RevmodError) -> str:
    """What to tell the reader about `problem`, and what they can do."""
    details = problem.details if isinstance(problem, Refused) else {}
    return because(language, code_of(problem), details)


def because(language: Language, code: str, details: Mapping[str, object] | None = None) -> str:
    """The sentence for a code. Raises KeyError for one without: the test finds them first.

    details: values that the sentence names; one that is not known is put as "somebody".
    """
    shown = {name: _shown(language, value) for name, value in (details or {}).items()}
    somebody = language.text(says("Somebody"))
    return language.text(REASONS[code], **{"name": somebody, "since": "", "words": "", "limit": "", **shown})


def _shown(language: Language, value: object) -> str:
    match value:
        case datetime():
            return f"{format_time(value.astimezone(UTC), 'HH:mm', locale=language.locale)} UTC"
        case int():
            return format_decimal(value, locale=language.locale)
        case _:
            return str(value)


def title(language: Language, problem: RevmodError) -> str:
    """A heading for the page about `problem`."""
    return language.text(TITLES.get(code_of(problem), _ANY_TITLE))


def decision(language: Language, ruling: object) -> str:
    """The sentence for a rule's no; empty for its yes. For templates, which print it."""
    return sentence(language, ruling) if isinstance(ruling, Refused) else ""
