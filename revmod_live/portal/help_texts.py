"""Help for each page: a few sentences of our own, by the name that the page's link has."""

# ruff: noqa: E501 -- a sentence is read whole, and translated whole

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from revmod_live.portal.languages import says

if TYPE_CHECKING:
    from revmod_live.portal.languages import Language


@dataclass(frozen=True, slots=True)
class Help:
    """One page of help."""

    title: str
    paragraphs: tuple[str, ...]


PAGES: Final = {
    "home": Help(
        says("Your reviews"),
        (
            says(
                "This page lists the reviews in which your State takes part: its own, and those that it carries out for others. Open one to see its steps."
            ),
            says(
                "The signs beside a State's name show which instruments are under review: the Convention and those Protocols to which that State is party. An instrument in grey is reviewed by another State."
            ),
            says(
                "The clock shows by when the open step is due. The day is the one agreed in the preliminary consultation; where none is agreed yet, it follows from the default time limits and is marked so. A day is past when it has ended in UTC. Nothing closes by itself."
            ),
            says(
                "Under News stands what happened lately: votes, votes taken back, steps that opened or were sealed."
            ),
        ),
    ),
    "review": Help(
        says("A review and its steps"),
        (
            says(
                "A review has a preliminary consultation and four steps: questionnaire, written feedback, list of observations, summary. A step opens when the one before it is sealed."
            ),
            says(
                "Each step has one page for each instrument. Under its name stands whether you can read it, draft in it or vote on it; who may do what follows from your role and your State's part in the review."
            ),
            says(
                "The clock of an open step shows by when it is due. At the end stand the reservations and declarations of the State under review, and whom to ask about its legal system."
            ),
        ),
    ),
    "drafting": Help(
        says("Drafting"),
        (
            says(
                "Take a section to draft in it, and release it when you are done. Others may join you: what each of you types is merged, and nothing is lost. If you need it for you alone, tick the box; nobody else can take it until you release it."
            ),
            says(
                "The line at the top tells the truth about your text: saved on the server, being saved, on this device only, or not accepted. What could not be accepted is never thrown away: it waits in the drawer below its section, where you can compare it, insert it again, copy it or dismiss it."
            ),
            says(
                "If the line drops, go on typing. Your text stays on this device and is sent when the server is there again."
            ),
            says(
                "If focal points have voted already, any change to the text takes their votes back. You are asked before the first change."
            ),
        ),
    ),
    "log": Help(
        says("The edit log"),
        (
            says(
                "The log shows who took or released a section, who changed what, and who voted. Changes are shown word by word: what was added is underlined, what was taken out is struck through."
            ),
            says("Nothing in the log is ever changed or removed."),
        ),
    ),
    "vote": Help(
        says("Voting to close a step"),
        (
            says(
                "The focal point of each State votes to close a step. A vote is bound to exactly the text on the page, by its digest: a number worked out from the text, which is another one as soon as a single character changes."
            ),
            says(
                "If the text changes before all have voted, all votes are taken back and everybody votes again; the page then shows what changed since your last vote. If the text changed while you were reading, your vote is not cast, and you are shown the difference first."
            ),
            says(
                "When every State has voted on the same text, the step is sealed: its text never changes again. Until then a vote can be withdrawn."
            ),
        ),
    ),
    "chat": Help(
        says("The chat with the secretariat"),
        (
            says(
                "Every user has a chat with the secretariat, also before the profile is approved and while it is suspended. Only that person and the secretariat can read it."
            ),
            says(
                "What you send stays in the chat: a message cannot be changed or taken back. If the connection is lost, a message is kept on this device and sent when the server is there again; it is marked until then."
            ),
            says(
                "You are told when the secretariat has answered. The secretariat sees who is waiting for an answer, and since when. Whenever the secretariat reads a chat, this is recorded."
            ),
        ),
    ),
    "notices": Help(
        says("Notices"),
        (
            says(
                "A notice comes when something important happens in a review of your State: a focal point votes to close a step or takes a vote back, a change of the text resets the votes, a step opens or is sealed, somebody releases a section for you."
            ),
            says(
                "The number at the bell counts the notices that you have not marked as read. It is the same in every tab, and changes by itself."
            ),
            says("Open a notice to go to its place. Marking one as read changes nothing for anybody else."),
        ),
    ),
    "directory": Help(
        says("Governmental experts"),
        (
            says(
                "Everybody whom the secretariat has approved is listed here with State, role and e-mail address. Whoever is suspended or not yet approved is not."
            ),
            says(
                "Find people by words in their name or address, by State, or by role. A phone number and an area of expertise appear only where that person has ticked so in the profile."
            ),
            says(
                "The directory is for the reviews alone. Each look is recorded, and very many within a few minutes are refused for a while."
            ),
        ),
    ),
    "resources": Help(
        says("Resources"),
        (
            says(
                "Publications and tools that help experts to prepare and to draft. Where an address is given, copy it into your browser: it leads away from this platform."
            ),
        ),
    ),
    "guidelines": Help(
        says("Guidelines"),
        (
            says(
                "What to keep in mind when you answer the questionnaire, give feedback, and write lists of observations and summaries. Below each part stands where it comes from."
            ),
        ),
    ),
    "submissions": Help(
        says("Submissions"),
        (
            says(
                "Every sealed document that you may read, by review: written feedback, lists of observations, summaries. Your State's own reviews come first, then the summaries of other reviews that have ended."
            ),
            says(
                "A document stands here from the moment its step is sealed, and never changes after that. Reviews are listed by their code, in no other order."
            ),
        ),
    ),
    "contact": Help(
        says("Contact"),
        (
            says(
                "Write to technical support when something does not work, and to the other address about the review itself. Once you are signed in, the chat of your profile reaches the secretariat too."
            ),
        ),
    ),
    "sign-in": Help(
        says("Signing in"),
        (
            says(
                "Sign in with the e-mail address that your State named to the secretariat, and the password that you chose. There is no registration: accounts are made after a note verbale."
            ),
            says(
                "The language of these pages can be changed here and on every other page. It is not the language of a review."
            ),
        ),
    ),
    "problem": Help(
        says("When something was not done"),
        (
            says(
                "The page says what was not done and why, and what you can do about it. Nothing that you typed is lost by it: text that was not accepted is kept on this device or in the drawer of its section."
            ),
            says(
                "If you think that you should be let in, ask a focal point of your State or the secretariat; both see what role you have."
            ),
        ),
    ),
    "help": Help(
        says("Help"),
        (
            says(
                "Every page has help of its own, behind the same button. Choose a page below; for anything else there are two addresses under Contact."
            ),
        ),
    ),
    "profile": Help(
        says("Your profile"),
        (
            says(
                "Fill in the form and save it, then submit it for approval. Only what was saved can be submitted. The secretariat compares it with the note verbale of your State, usually within 24 to 48 hours, and you are told by e-mail."
            ),
            says(
                "State and role are required; everything else is up to you. Other approved users see your name, State, role and e-mail address; your phone number and area of expertise only where you tick so. Your gender is counted for the statistics of the mechanism and shown to nobody else."
            ),
            says(
                "Changing an approved profile suspends you until the secretariat has approved it again. Before that you are shown what you have open: your votes stay, the sections that you hold are released, and what is on your device only is handed in for you."
            ),
            says("Beside the form is your chat with the secretariat. It is open before the approval too."),
        ),
    ),
    "password": Help(
        says("Passwords"),
        (
            says(
                "A password has at least 12 characters, among them three small letters, three capital letters, three digits and three other signs. Common words, rows of keys, your own name and examples that were printed anywhere are refused. While you type, each line says what is still missing."
            ),
            says(
                "The link of an invitation can be used once, within ten days; that for a forgotten password once, within an hour. When it has expired or was used, ask for a new one: nothing is lost."
            ),
            says(
                "After a change of the password all your other browsers are signed out, your access tokens end, and you are told by e-mail."
            ),
        ),
    ),
    "second-factor": Help(
        says("The second factor"),
        (
            says(
                "With a second factor, signing in asks for a code of six digits as well, which an app on your own device shows and which changes every 30 seconds."
            ),
            says(
                "The recovery codes are for the day on which you do not have the device: each works once in place of a code. Keep them apart from your password. If you have lost both, the secretariat can take the second factor away once it is sure who you are."
            ),
        ),
    ),
    "console": Help(
        says("The console of the secretariat"),
        (
            says(
                "What waits stands on the first page: profiles to approve, chats with something unread, invitations that were not used. Whoever has waited for longest comes first."
            ),
            says(
                "Under People everybody is found, approved or not. Open a person to see the profile beside the note verbale and to decide."
            ),
        ),
    ),
    "console-person": Help(
        says("One person in the console"),
        (
            says(
                "The profile stands beside the note verbale; where they differ, the line is marked. Approving makes what the profile says of name, address, State and role hold. If you do not approve, write the reason: the person is told it, can change the profile and submit it again."
            ),
            says(
                "A focal point is replaced in one form: the access of the leaver ends, what they did stays, and the successor is invited or takes over. A vote of the leaver counts until the successor withdraws it or the text changes."
            ),
            says(
                "A mandate lets a permanent representative act as focal point in one review, while the State has no approved focal point. Whoever is suspended keeps the profile and its chat; whoever is disabled cannot sign in."
            ),
        ),
    ),
    "invitations": Help(
        says("Invitations"),
        (
            says(
                "Record what the note verbale says: State, role, name, e-mail address, its reference and date; add a scan if you have one. The person gets a letter with a link that can be used once, within ten days."
            ),
            says(
                "To invite again writes a new letter and ends the link of the old one. Revoking ends the link without a new letter; the person stays in the list and can be invited again."
            ),
        ),
    ),
    "letters": Help(
        says("Letters"),
        (
            says(
                "Every letter that the platform writes is listed here: sent, waiting, or failed with what the mail server said. A letter that failed can be tried again at once."
            ),
        ),
    ),
    "account": Help(
        says("Account and security"),
        (
            says(
                "Here you see the browsers in which you are signed in, and can sign the others out. You change your password here, and turn a second factor on."
            ),
            says(
                "An access token lets a program of yours act with your rights. Treat it like a password, give each program its own, and revoke it when it is no longer needed."
            ),
        ),
    ),
}


def titles(language: Language) -> list[tuple[str, str]]:
    """Names and titles of all pages, in order."""
    return [(name, language.text(page.title)) for name, page in PAGES.items()]


def page(language: Language, name: str) -> Help:
    """One page in this language. Raises KeyError."""
    found = PAGES[name]
    return Help(language.text(found.title), tuple(language.text(text) for text in found.paragraphs))
