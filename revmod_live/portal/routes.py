"""The routes: every URL, its method, who may ask, and what answers. One table."""

from __future__ import annotations

from typing import Final

from revmod_live.portal.handlers import (
    account,
    chats,
    console,
    console_invitations,
    console_people,
    directory,
    drafting,
    invitations,
    late,
    library,
    notices,
    passwords,
    profile,
    receipts,
    reviews,
    second_factor,
    signing_in,
    sockets,
    voting,
)
from revmod_live.portal.route_table import Answers, Route, Who

ANYONE, SIGNED_IN, APPROVED, OR_TOKEN = Who.ANYONE, Who.SIGNED_IN, Who.APPROVED, Who.SIGNED_IN_OR_TOKEN
OFFICER: Final = Who.OFFICER
JSON, SOCKET = Answers.JSON, Answers.SOCKET

_PAGE: Final = "/reviews/{code}/{step}/{instrument}"
_VOTE: Final = "/reviews/{code}/{step}/vote"
_FACTOR: Final = "/account/second-factor"
_PERSON: Final = "/console/people/{account}"

# fmt: off
ROUTES: Final = (
    # signing in and out
    Route("GET",  "/sign-in",                    signing_in.show_sign_in,    ANYONE),
    Route("POST", "/sign-in",                    signing_in.sign_in,         ANYONE, in_place=True),
    Route("GET",  "/sign-in/code",               second_factor.show_code,    ANYONE),
    Route("POST", "/sign-in/code",               second_factor.give_code,    ANYONE),
    Route("GET",  "/invitation/{token}",         invitations.show_invitation,   ANYONE),
    Route("POST", "/invitation/{token}",         invitations.accept_invitation, ANYONE),
    Route("GET",  "/forgotten",                  passwords.show_forgotten,   ANYONE),
    Route("POST", "/forgotten",                  passwords.ask_for_link,     ANYONE),
    Route("GET",  "/new-password/{token}",       passwords.show_new_password, ANYONE),
    Route("POST", "/new-password/{token}",       passwords.set_new_password, ANYONE),
    Route("POST", "/sign-out",                   signing_in.sign_out,        ANYONE),
    Route("POST", "/session/check",              signing_in.check_session,   SIGNED_IN, JSON),
    Route("POST", "/language",                   signing_in.choose_language, ANYONE),
    Route("GET",  "/help/{page}",                reviews.show_help,          ANYONE),
    # one's own account
    Route("GET",  "/account",                    account.show_account,       SIGNED_IN),
    Route("POST", "/account/sessions/{id}/end",  account.end_session,        SIGNED_IN),
    Route("POST", "/account/tokens",             account.make_token,         SIGNED_IN),
    Route("POST", "/account/tokens/{id}/revoke", account.revoke_token,       SIGNED_IN),
    Route("GET",  "/account/password",           passwords.show_change,      SIGNED_IN),
    Route("POST", "/account/password",           passwords.change,           SIGNED_IN),
    Route("GET",  _FACTOR,               second_factor.show_second_factor,   SIGNED_IN, before_factor=True),
    Route("POST", f"{_FACTOR}/begin",            second_factor.begin,        SIGNED_IN, before_factor=True),
    Route("POST", f"{_FACTOR}/confirm",          second_factor.confirm,      SIGNED_IN, before_factor=True),
    Route("POST", f"{_FACTOR}/codes",            second_factor.renew_codes,  SIGNED_IN),
    Route("POST", f"{_FACTOR}/off",              second_factor.turn_off,     SIGNED_IN),
    Route("GET",  "/profile",                    profile.show_profile,       SIGNED_IN),
    Route("POST", "/profile",                    profile.change_profile,     SIGNED_IN),
    # the chat with the secretariat, from both sides
    Route("GET",  "/profile/chat",               chats.show_own,             SIGNED_IN),
    Route("POST", "/profile/chat",               chats.say_own,              SIGNED_IN),
    Route("GET",  "/profile/chat/new",           chats.new_in_own,           SIGNED_IN, by_itself=True),
    Route("POST", "/profile/chat/read",          chats.read_own,             SIGNED_IN, JSON, by_itself=True),
    Route("GET",  "/chats/unread",               chats.count_unread,         SIGNED_IN, JSON, by_itself=True),
    Route("GET",  "/console/chats",              chats.show_all,             APPROVED),
    Route("GET",  "/console/chats/{account}",    chats.show_one,             APPROVED),
    Route("POST", "/console/chats/{account}",    chats.say_one,              APPROVED),
    Route("GET",  "/console/chats/{account}/new",  chats.new_in_one,         APPROVED, by_itself=True),
    Route("POST", "/console/chats/{account}/read", chats.read_one,           APPROVED, JSON, by_itself=True),
    # the secretariat's console
    Route("GET",  "/console",                    console.show_console,       OFFICER),
    Route("GET",  "/console/outbox",             console.show_letters,       OFFICER),
    Route("GET",  "/console/outbox/{id}",        console.show_letter,        OFFICER),
    Route("POST", "/console/outbox/{id}/again",  console.send_again,         OFFICER),
    Route("GET",  "/console/invitations",        console_invitations.show_invitations, OFFICER),
    Route("POST", "/console/invitations",        console_invitations.invite, OFFICER, uploads=True),
    Route("POST", "/console/invitations/{account}/resend", console_invitations.resend, OFFICER),
    Route("POST", "/console/invitations/{account}/revoke", console_invitations.revoke, OFFICER),
    Route("GET",  "/console/people",             console_people.show_people, OFFICER),
    Route("GET",  _PERSON,                       console_people.show_person, OFFICER),
    Route("POST", f"{_PERSON}/approve",          console_people.approve,     OFFICER),
    Route("POST", f"{_PERSON}/refuse",           console_people.refuse,      OFFICER),
    Route("POST", f"{_PERSON}/suspend",          console_people.suspend,     OFFICER),
    Route("POST", f"{_PERSON}/disable",          console_people.disable,     OFFICER),
    Route("POST", f"{_PERSON}/enable",           console_people.enable,      OFFICER),
    Route("POST", f"{_PERSON}/focal-point",      console_people.name_focal_point, OFFICER),
    Route("POST", f"{_PERSON}/second-factor/reset", console_people.reset_factor, OFFICER),
    Route("POST", f"{_PERSON}/mandate",          console_people.record_mandate, OFFICER),
    Route("POST", f"{_PERSON}/mandate/end",      console_people.end_mandate, OFFICER),
    Route("POST", f"{_PERSON}/notes",            console_people.record_note, OFFICER, uploads=True),
    Route("GET",  f"{_PERSON}/notes/{{id}}/scan",  console_invitations.show_scan, OFFICER),
    Route("GET",  f"{_PERSON}/replace",          console_people.show_replacing, OFFICER),
    Route("POST", f"{_PERSON}/replace",          console_people.replace,     OFFICER, uploads=True),
    # around the reviews
    Route("GET",  "/notices",                    notices.show_notices,       APPROVED),
    Route("GET",  "/notices/unread",             notices.count_unread,       APPROVED, JSON, by_itself=True),
    Route("POST", "/notices/read",               notices.mark_all_read,      APPROVED),
    Route("POST", "/notices/{id}/read",          notices.mark_read,          APPROVED),
    Route("GET",  "/directory",                  directory.show_directory,   APPROVED),
    Route("GET",  "/resources",                  library.show_resources,     APPROVED),
    Route("GET",  "/guidelines",                 library.show_guidelines,    APPROVED),
    Route("GET",  "/submissions",                library.show_submissions,   APPROVED),
    Route("GET",  "/contact",                    library.show_contact,       ANYONE),
    Route("GET",  "/verify.html",                receipts.give_verify_page,  ANYONE),
    # reviews; the vote's rows come first, for `vote` is no instrument
    Route("GET",  "/",                           reviews.show_home,          SIGNED_IN),
    Route("GET",  "/reviews/{code}",             reviews.show_review,        APPROVED),
    Route("GET",  _VOTE,                         voting.show_vote,           APPROVED),
    Route("POST", _VOTE,                         voting.cast_vote,           APPROVED),
    Route("POST", f"{_VOTE}/withdraw",           voting.withdraw_vote,       APPROVED),
    Route("GET",  f"{_VOTE}/receipt",            receipts.give_receipt,      APPROVED),
    Route("GET",  "/reviews/{code}/{step}/package", receipts.give_package,   APPROVED),
    Route("GET",  _PAGE,                         drafting.show_drafting,     APPROVED),
    Route("GET",  f"{_PAGE}/log",                drafting.show_log,          APPROVED),
    Route("POST", "/sections/{section}/take",    drafting.take_section,      APPROVED),
    Route("POST", "/sections/{section}/release", drafting.release_section,   APPROVED),
    # for the pages' scripts, and for programs with a token
    Route("GET",  "/api/section/{section}/text", drafting.section_text,      OR_TOKEN, JSON),
    Route("POST", "/api/sections/{section}/take",    drafting.take_by_program,    OR_TOKEN, JSON),
    Route("POST", "/api/sections/{section}/release", drafting.release_by_program, OR_TOKEN, JSON),
    Route("GET",  "/api/late",                   late.list_late,             OR_TOKEN, JSON),
    Route("POST", "/api/late/{id}/dismiss",      late.dismiss_late,          OR_TOKEN, JSON),
    # sockets
    Route("GET",  "/live",                       sockets.serve_live,         OR_TOKEN, SOCKET),
    Route("GET",  "/yjs/{section}",              sockets.serve_yjs,          OR_TOKEN, SOCKET,
          token_in_query=True),
)
# fmt: on
