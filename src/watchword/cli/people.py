"""`watchword user …` and `watchword key …`: who may come in, and what they may do."""

from __future__ import annotations

from typing import Annotated

import typer

users = typer.Typer(help="Users and their roles.", no_args_is_help=True, rich_markup_mode=None)
keys = typer.Typer(help="Keys of integrations.", no_args_is_help=True, rich_markup_mode=None)
LONGEST_NAME = 150  # characters


def _new_name(name: str) -> str:
    if not name.strip() or not name.isprintable() or len(name) > LONGEST_NAME:
        raise typer.BadParameter(f"Give a name of 1 to {LONGEST_NAME} characters that can be shown.")
    return name.strip()


Name = Annotated[str, typer.Argument(metavar="NAME")]
NewName = Annotated[str, typer.Argument(metavar="NAME", callback=_new_name)]
Roles = Annotated[
    list[str],
    typer.Option(
        "--role", help="agent, mail-agent, supervisor, policy-owner, auditor or administrator; may be given again."
    ),
]
Scopes = Annotated[
    list[str],
    typer.Option(
        "--scope",
        help="contacts, assess, calls, read-calls, decide, do-not-contact, escalations or notes; may be given again.",
    ),
]


def open_service() -> None:
    """Set the service up for a command. Raises SettingsError, StoreError."""
    from watchword import wiring
    from watchword.settings import read_settings

    wiring.check_installed()
    from watchword.store.upgrade import check_up_to_date
    from watchword.web.project import open_project

    open_project(read_settings())
    check_up_to_date()


@users.command("add")
def add_user(name: NewName, role: Roles) -> None:
    """Make a user, and print a password for the first sign-in."""
    open_service()
    from watchword.web.access import role_named
    from watchword.web.users import add_user as add

    password = add(name, [role_named(one) for one in role])
    typer.echo(f"{name} may sign in with this password, and should change it then:\n{password}")


@users.command("role")
def set_roles(name: Name, role: Roles) -> None:
    """Give a user these roles and no others."""
    open_service()
    from watchword.web.access import role_named
    from watchword.web.users import set_roles as give

    give(name, [role_named(one) for one in role])
    typer.echo(f"{name}: {', '.join(role)}")


@users.command("password")
def new_password(name: Name) -> None:
    """Print a new password for somebody who lost theirs; their second factor is taken away as well."""
    open_service()
    from watchword.web.users import new_password as make

    typer.echo(make(name))


@users.command("close")
def close_user(name: Name) -> None:
    """Let somebody in no more; what they did stays in the log."""
    open_service()
    from watchword.web.users import close_user as close

    close(name)
    typer.echo(f"{name} is let in no more.")


@users.command("open")
def open_user(name: Name) -> None:
    """Let somebody in again who was closed, with their old password and roles."""
    open_service()
    from watchword.web.users import open_user as let_in

    let_in(name)
    typer.echo(f"{name} is let in again, with the password and the roles of before.")


@users.command("list")
def list_users() -> None:
    """Everybody with their roles, when they signed in last and how, and who is closed."""
    open_service()
    from watchword.web.users import users as everybody

    for one in everybody():
        last = f"signed in {one.last:%Y-%m-%d}" if one.last else "never signed in"
        shown = (one.name, one.full_name, ", ".join(one.roles) or "no role", last, one.comes_by)
        typer.echo("\t".join((*shown, "closed") if one.is_closed else shown))


@keys.command("add")
def add_key(name: NewName, scope: Scopes) -> None:
    """Make a key for an integration, and print it: it is shown this once."""
    open_service()
    from watchword.store.keys import make_key
    from watchword.web.access import scope_named

    typer.echo(make_key(name, [scope_named(one).value for one in scope], by="command line"))


@keys.command("revoke")
def revoke_key(name: Name) -> None:
    """End a key at once."""
    open_service()
    from watchword.store.keys import revoke_key as revoke

    revoke(name, by="command line")
    typer.echo(f"The key of {name} opens nothing any more.")


@keys.command("list")
def list_keys() -> None:
    """The keys in force and what they open."""
    open_service()
    from watchword.store.models import AccessKey

    for key in AccessKey.objects.filter(revoked_at__isnull=True).order_by("name"):
        typer.echo(f"{key.name}\t{', '.join(key.scopes)}\t{key.made_at:%Y-%m-%d}")
