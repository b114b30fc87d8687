//! Colleagues over HTTP: who there is, what they may do, the teams and the roles.

use actix_web::{HttpResponse, web};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use crate::accounts::{
    Account, AccountChange, AccountError, NewAccount, Permission, Permissions, Role, RoleId,
};
use crate::domain::{AgentId, Language};
use crate::gateway::error::{ApiError, ErrorBody};
use crate::gateway::gate::Gate;
use crate::gateway::json::Json;
use crate::gateway::seat::profile;
use crate::gateway::session::SignedIn;

/// A colleague.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct AddAgent {
    name: String,
    email: String,
    password: String,
    #[schema(value_type = String, example = "agent")]
    role: RoleId,
    teams: Option<Vec<String>>,
    skills: Option<Vec<String>>,
    languages: Option<Vec<Language>>,
    channels: Option<Vec<String>>,
    capacity: Option<u32>,
}

/// What changes of a colleague; what is left out stays.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ChangeAgent {
    name: Option<String>,
    #[schema(value_type = Option<String>, example = "supervisor")]
    role: Option<RoleId>,
    /// Ids of teams.
    teams: Option<Vec<String>>,
    /// What they know about.
    skills: Option<Vec<String>>,
    /// The languages in which they answer; empty for all.
    languages: Option<Vec<Language>>,
    /// The channels on which they answer; empty for all.
    channels: Option<Vec<String>>,
    /// How much they take at once, in units.
    capacity: Option<u32>,
    /// Whether they can sign in; `false` ends their sessions and gives their conversations back.
    active: Option<bool>,
}

/// An agent as colleagues see them.
#[derive(Serialize, ToSchema)]
pub(super) struct AgentView {
    #[schema(value_type = String)]
    id: AgentId,
    name: String,
    /// Only for those who manage agents, and for oneself.
    #[serde(skip_serializing_if = "Option::is_none")]
    email: Option<String>,
    #[schema(value_type = String)]
    role: RoleId,
    teams: Vec<String>,
    skills: Vec<String>,
    languages: Vec<Language>,
    channels: Vec<String>,
    capacity: u32,
    active: bool,
    second_factor: bool,
}

impl AgentView {
    /// An agent, with the address or without.
    pub(super) fn of(account: Account, with_email: bool) -> Self {
        Self {
            id: account.id,
            name: account.name,
            email: with_email.then_some(account.email),
            role: account.role,
            teams: account.teams,
            skills: account.skills,
            languages: account.languages,
            channels: account.channels,
            capacity: account.capacity,
            active: account.active,
            second_factor: account.has_second_factor,
        }
    }
}

/// A team.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct TeamBody {
    /// Lower-case letters, digits and hyphens.
    #[schema(example = "night-shift")]
    id: String,
    name: String,
}

/// What changes of a team.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ChangeTeam {
    name: String,
}

/// A role that is to be made.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct AddRole {
    /// Lower-case letters, digits and hyphens.
    #[schema(value_type = String, example = "trainer")]
    id: RoleId,
    name: String,
    #[schema(value_type = Vec<String>, example = json!(["conversations.answer"]))]
    permissions: Permissions,
}

/// What changes of a role; what is left out stays.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ChangeRole {
    name: Option<String>,
    #[schema(value_type = Option<Vec<String>>)]
    permissions: Option<Permissions>,
}

/// A role.
#[derive(Serialize, ToSchema)]
pub(super) struct RoleView {
    #[schema(value_type = String)]
    id: RoleId,
    name: String,
    #[schema(value_type = Vec<String>)]
    permissions: Permissions,
    /// Built-in roles do not change.
    built_in: bool,
}

impl From<Role> for RoleView {
    fn from(role: Role) -> Self {
        let built_in = Role::is_built_in(&role.id);
        Self { id: role.id, name: role.name, permissions: role.permissions, built_in }
    }
}

/// All agents.
#[utoipa::path(get, path = "/api/v1/agents", tag = "agents", security(("session" = [])),
    responses((status = 200, body = [AgentView]), (status = 401, body = ErrorBody)))]
pub(super) async fn agents(gate: web::Data<Gate>, agent: SignedIn) -> HttpResponse {
    let manages = agent.may(Permission::AgentsManage);
    let view = |account: Account| {
        let with_email = manages || account.id == agent.id;
        AgentView::of(account, with_email)
    };
    let agents: Vec<AgentView> = gate.accounts.list().into_iter().map(view).collect();
    HttpResponse::Ok().json(json!({ "agents": agents }))
}

/// Adds an agent.
#[utoipa::path(post, path = "/api/v1/agents", tag = "agents", request_body = AddAgent,
    security(("session" = [])),
    responses((status = 201, body = AgentView), (status = 403, body = ErrorBody),
        (status = 409, body = ErrorBody)))]
pub(super) async fn add_agent(
    gate: web::Data<Gate>,
    agent: SignedIn,
    body: Json<AddAgent>,
) -> Result<HttpResponse, ApiError> {
    agent.require(Permission::AgentsManage)?;
    let AddAgent { name, email, password, role, teams, skills, languages, channels, capacity } =
        body.0;
    let with =
        AccountChange { teams, skills, languages, channels, capacity, ..AccountChange::default() };
    let new = NewAccount { name, email, password, role, with };
    let account = gate.accounts.add(new, &agent.by()).await?;
    Ok(HttpResponse::Created().json(AgentView::of(account, true)))
}

/// Changes an agent. It counts at once, also on open sockets.
#[utoipa::path(patch, path = "/api/v1/agents/{id}", tag = "agents", request_body = ChangeAgent,
    params(("id" = String, Path)), security(("session" = [])),
    responses((status = 200, body = AgentView), (status = 403, body = ErrorBody),
        (status = 404, body = ErrorBody), (status = 409, body = ErrorBody)))]
pub(super) async fn change_agent(
    gate: web::Data<Gate>,
    agent: SignedIn,
    id: web::Path<String>,
    body: Json<ChangeAgent>,
) -> Result<HttpResponse, ApiError> {
    agent.require(Permission::AgentsManage)?;
    let id: AgentId = id.parse().map_err(|_| ApiError::NotFound)?;
    let ChangeAgent { name, role, teams, skills, languages, channels, capacity, active } = body.0;
    let change = AccountChange { name, role, teams, skills, languages, channels, capacity, active };
    let account = gate.accounts.change(id, change, &agent.by()).await?;
    let desk = gate.conversations.desk();
    let heard = if account.active {
        desk.update(profile(&account)).await
    } else {
        desk.dismiss(account.id).await
    };
    heard.map_err(|_| ApiError::NotReady)?;
    Ok(HttpResponse::Ok().json(AgentView::of(account, true)))
}

/// Signs an agent out everywhere.
#[utoipa::path(delete, path = "/api/v1/agents/{id}/sessions", tag = "agents",
    params(("id" = String, Path)), security(("session" = [])),
    responses((status = 204), (status = 403, body = ErrorBody), (status = 404, body = ErrorBody)))]
pub(super) async fn revoke_sessions(
    gate: web::Data<Gate>,
    agent: SignedIn,
    id: web::Path<String>,
) -> Result<HttpResponse, ApiError> {
    let id: Option<AgentId> = id.parse().ok();
    if id != Some(agent.id) {
        agent.require(Permission::AgentsManage)?;
    }
    gate.accounts.revoke_all(id.ok_or(ApiError::NotFound)?, &agent.by()).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// All teams.
#[utoipa::path(get, path = "/api/v1/teams", tag = "agents", security(("session" = [])),
    responses((status = 200, body = [TeamBody]), (status = 401, body = ErrorBody)))]
pub(super) async fn teams(gate: web::Data<Gate>, _agent: SignedIn) -> HttpResponse {
    let teams = gate.accounts.teams().into_iter();
    let teams: Vec<TeamBody> = teams.map(|(id, name)| TeamBody { id, name }).collect();
    HttpResponse::Ok().json(json!({ "teams": teams }))
}

/// Makes a team.
#[utoipa::path(post, path = "/api/v1/teams", tag = "agents", request_body = TeamBody,
    security(("session" = [])),
    responses((status = 201, body = TeamBody), (status = 403, body = ErrorBody),
        (status = 409, body = ErrorBody)))]
pub(super) async fn add_team(
    gate: web::Data<Gate>,
    agent: SignedIn,
    body: Json<TeamBody>,
) -> Result<HttpResponse, ApiError> {
    agent.require(Permission::TeamsManage)?;
    let TeamBody { id, name } = body.0;
    let name = gate.accounts.add_team(&id, &name, &agent.by()).await?;
    Ok(HttpResponse::Created().json(TeamBody { id, name }))
}

/// Renames a team.
#[utoipa::path(patch, path = "/api/v1/teams/{id}", tag = "agents", request_body = ChangeTeam,
    params(("id" = String, Path)), security(("session" = [])),
    responses((status = 200, body = TeamBody), (status = 403, body = ErrorBody),
        (status = 404, body = ErrorBody)))]
pub(super) async fn change_team(
    gate: web::Data<Gate>,
    agent: SignedIn,
    id: web::Path<String>,
    body: Json<ChangeTeam>,
) -> Result<HttpResponse, ApiError> {
    agent.require(Permission::TeamsManage)?;
    let id = id.into_inner();
    let name = gate.accounts.rename_team(&id, &body.0.name, &agent.by()).await?;
    Ok(HttpResponse::Ok().json(TeamBody { id, name }))
}

/// Removes a team that nobody is in.
#[utoipa::path(delete, path = "/api/v1/teams/{id}", tag = "agents",
    params(("id" = String, Path)), security(("session" = [])),
    responses((status = 204), (status = 403, body = ErrorBody), (status = 404, body = ErrorBody),
        (status = 409, body = ErrorBody)))]
pub(super) async fn remove_team(
    gate: web::Data<Gate>,
    agent: SignedIn,
    id: web::Path<String>,
) -> Result<HttpResponse, ApiError> {
    agent.require(Permission::TeamsManage)?;
    gate.accounts.remove_team(&id, &agent.by()).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// All roles, and every permission that a role can be made of.
#[utoipa::path(get, path = "/api/v1/roles", tag = "agents", security(("session" = [])),
    responses((status = 200, body = [RoleView]), (status = 401, body = ErrorBody)))]
pub(super) async fn roles(gate: web::Data<Gate>, _agent: SignedIn) -> HttpResponse {
    let roles: Vec<RoleView> = gate.accounts.roles().into_iter().map(RoleView::from).collect();
    HttpResponse::Ok().json(json!({ "roles": roles, "permissions": Permission::ALL }))
}

/// Makes a role.
#[utoipa::path(post, path = "/api/v1/roles", tag = "agents", request_body = AddRole,
    security(("session" = [])),
    responses((status = 201, body = RoleView), (status = 403, body = ErrorBody),
        (status = 409, body = ErrorBody)))]
pub(super) async fn add_role(
    gate: web::Data<Gate>,
    agent: SignedIn,
    body: Json<AddRole>,
) -> Result<HttpResponse, ApiError> {
    agent.require(Permission::RolesManage)?;
    let AddRole { id, name, permissions } = body.0;
    let role = gate.accounts.add_role(Role { id, name, permissions }, &agent.by()).await?;
    Ok(HttpResponse::Created().json(RoleView::from(role)))
}

/// Changes a role. It counts for everybody who has it, at once.
#[utoipa::path(patch, path = "/api/v1/roles/{id}", tag = "agents", request_body = ChangeRole,
    params(("id" = String, Path)), security(("session" = [])),
    responses((status = 200, body = RoleView), (status = 403, body = ErrorBody),
        (status = 404, body = ErrorBody), (status = 409, body = ErrorBody)))]
pub(super) async fn change_role(
    gate: web::Data<Gate>,
    agent: SignedIn,
    id: web::Path<String>,
    body: Json<ChangeRole>,
) -> Result<HttpResponse, ApiError> {
    agent.require(Permission::RolesManage)?;
    let id = RoleId::parse(&id).map_err(|_| ApiError::NotFound)?;
    let ChangeRole { name, permissions } = body.0;
    let role = gate.accounts.change_role(&id, name, permissions, &agent.by()).await?;
    Ok(HttpResponse::Ok().json(RoleView::from(role)))
}

/// Removes a role that nobody has.
#[utoipa::path(delete, path = "/api/v1/roles/{id}", tag = "agents",
    params(("id" = String, Path)), security(("session" = [])),
    responses((status = 204), (status = 403, body = ErrorBody), (status = 404, body = ErrorBody),
        (status = 409, body = ErrorBody)))]
pub(super) async fn remove_role(
    gate: web::Data<Gate>,
    agent: SignedIn,
    id: web::Path<String>,
) -> Result<HttpResponse, ApiError> {
    agent.require(Permission::RolesManage)?;
    let id = RoleId::parse(&id).map_err(|_| ApiError::NotFound)?;
    gate.accounts.remove_role(&id, &agent.by()).await?;
    Ok(HttpResponse::NoContent().finish())
}

impl From<AccountError> for ApiError {
    fn from(error: AccountError) -> Self {
        let field = |field| Self::InvalidField { field, message: error.to_string() };
        match error {
            AccountError::Name => field("name"),
            AccountError::Email => field("email"),
            AccountError::Password | AccountError::WrongPassword => field("password"),
            AccountError::Role(_) => field("role"),
            AccountError::Team(_) => field("teams"),
            AccountError::Skills => field("skills"),
            AccountError::Channels => field("channels"),
            AccountError::Capacity => field("capacity"),
            AccountError::Id => field("id"),
            AccountError::Permissions => field("permissions"),
            AccountError::EmailTaken => {
                Self::Conflict("this e-mail address has an account already")
            }
            AccountError::IdTaken => Self::Conflict("this id is taken already"),
            AccountError::BuiltIn => Self::Conflict("the built-in roles do not change"),
            AccountError::InUse => {
                Self::Conflict("somebody still has this role or is in this team")
            }
            AccountError::LastAdmin => Self::Conflict("the last active admin stays one"),
            AccountError::HasSecondFactor => Self::Conflict("there is a second factor already"),
            AccountError::NoSecondFactor => {
                Self::Conflict("there is no second factor that this could be about")
            }
            AccountError::SetupDone => Self::Conflict("there is an admin already"),
            AccountError::Outranked
            | AccountError::NotInvited
            | AccountError::Inactive
            | AccountError::OtherPerson => Self::Forbidden,
            AccountError::WrongCredentials | AccountError::SetupToken => Self::Unauthorized,
            AccountError::CodeNeeded => Self::SecondFactorRequired,
            AccountError::WrongCode => Self::SecondFactorWrong,
            AccountError::TooManyCodes { retry_after } => Self::RateLimited { retry_after },
            AccountError::Unknown => Self::NotFound,
            AccountError::Store => Self::NotReady,
        }
    }
}
