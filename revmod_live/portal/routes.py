"""The routes: every URL, its method, who may ask, and what answers. One table."""

from __future__ import annotations

from typing import Final

from revmod_live.portal.handlers import (
    account,
    chats,
    directory,
    drafting,
    late,
    library,
    notices,
    reviews,
    signing_in,
    sockets,
    voting,
)
from revmod_live.portal.route_table import Answers, Route, Who

ANYONE, SIGNED_IN, APPROVED, OR_TOKEN = Who.ANYONE, Who.SIGNED_IN, Who.APPROVED, Who.SIGNED_IN_OR_TOKEN
JSON, SOCKET = Answers.JSON, Answers.SOCKET

_PAGE: Final = "/reviews/{code}/{step}/{instrument}"
_VOTE: Final = "/reviews/{code}/{step}/vote"

# fmt: off
ROUTES: Final = (
    # signing in and out
    Route("GET",  "/sign-in",                    signing_in.show_sign_in,    ANYONE),
    Route("POST", "/sign-in",                    signing_in.sign_in,         ANYONE, in_place=True),
    Route("POST", "/sign-out",                   signing_in.sign_out,        ANYONE),
    Route("POST", "/session/check",              signing_in.check_session,   SIGNED_IN, JSON),
    Route("POST", "/language",                   signing_in.choose_language, ANYONE),
    Route("GET",  "/help/{page}",                reviews.show_help,          ANYONE),
    # one's own account
    Route("GET",  "/account",                    account.show_account,       SIGNED_IN),
    Route("POST", "/account/sessions/{id}/end",  account.end_session,        SIGNED_IN),
    Route("POST", "/account/tokens",             account.make_token,         SIGNED_IN),
    Route("POST", "/account/tokens/{id}/revoke", account.revoke_token,       SIGNED_IN),
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
    # reviews; the vote's rows come first, for `vote` is no instrument
    Route("GET",  "/",                           reviews.show_home,          SIGNED_IN),
    Route("GET",  "/reviews/{code}",             reviews.show_review,        APPROVED),
    Route("GET",  _VOTE,                         voting.show_vote,           APPROVED),
    Route("POST", _VOTE,                         voting.cast_vote,           APPROVED),
    Route("POST", f"{_VOTE}/withdraw",           voting.withdraw_vote,       APPROVED),
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
