//! The desk speaks first, over HTTP: the rules for those who write them, and what pages ask and tell
//! about their visitors.

use std::time::Duration;

use actix_web::{HttpRequest, HttpResponse, ResponseError, web};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;

use crate::accounts::{Act, Deed, Object, Permission};
use crate::conversation::{Accepted, Command};
use crate::dialogue::Status;
use crate::domain::{ClientId, ConversationId, Language, ProactiveId};
use crate::gateway::address::ClientAddress;
use crate::gateway::error::{ApiError, ErrorBody};
use crate::gateway::gate::Gate;
use crate::gateway::json::Json;
use crate::gateway::session::SignedIn;
use crate::gateway::visitor_http::{Stored, conversation};
use crate::proactive::{Counts, ProactiveError, Rule, RuleMistake, Visit};

/// For so long after the last word with the bot a conversation is taken to go on.
const GOES_ON: Duration = Duration::from_hours(1);
/// Longest path and longest name of a site that are looked at.
const PATH_BYTES: usize = 8_000;
const SITE_BYTES: usize = 300;

/// The rules, in order.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Rules {
    rules: Vec<Rule>,
}

/// A rule with what came of it.
#[derive(Serialize, ToSchema)]
pub(super) struct RuleView {
    #[serde(flatten)]
    rule: Rule,
    counts: Counts,
}

/// Somebody looks at a page.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Looking {
    /// The page's path.
    #[schema(example = "/checkout/pay")]
    path: String,
    /// The site's origin.
    #[schema(example = "https://shop.example")]
    site: String,
    #[serde(default)]
    language: Language,
    /// A signed identity token of the site.
    identity: Option<String>,
    /// The renewal token of the visitor's conversation, where there is one.
    renewal: Option<String>,
}

/// Who wants no such messages.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Quiet {
    /// A signed identity token of the site.
    identity: Option<String>,
    /// The renewal token of the visitor's conversation.
    renewal: Option<String>,
}

/// A rule that applies, in the visitor's language.
#[derive(Serialize, ToSchema)]
pub(super) struct Due {
    #[schema(value_type = String)]
    id: ProactiveId,
    /// For how many seconds the page must have been looked at.
    seconds: u32,
    text: String,
    language: Language,
    choices: Vec<String>,
    /// How often in how many days; for visitors who are not known it is the page that counts.
    times: u32,
    days: u32,
}

/// The visitor opens what the desk said.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct OpenBody {
    #[schema(value_type = String)]
    client_id: ClientId,
    #[schema(value_type = String)]
    rule: ProactiveId,
    /// The answer that was chosen at once.
    choice: Option<String>,
    #[serde(default)]
    language: Language,
}

/// The same, from either door.
pub(super) struct Opening {
    pub(super) rule: ProactiveId,
    pub(super) choice: Option<String>,
    pub(super) language: Language,
}

impl From<ProactiveError> for ApiError {
    fn from(error: ProactiveError) -> Self {
        match error {
            ProactiveError::Rule(mistake) => Self::InvalidBody(mistake.to_string()),
            ProactiveError::Unknown => Self::NotFound,
            ProactiveError::Store => Self::NotReady,
        }
    }
}

fn mistake(mistake: &RuleMistake) -> HttpResponse {
    let RuleMistake { field, code, message } = mistake;
    HttpResponse::UnprocessableEntity()
        .json(json!({ "error": {"code": code, "field": field, "message": message} }))
}

fn views(gate: &Gate) -> Value {
    let views = gate.proactive.rules().into_iter();
    let views: Vec<RuleView> = views.map(|(rule, counts)| RuleView { rule, counts }).collect();
    json!({ "rules": views })
}

/// The rules by which the desk speaks first, in order, with what came of each.
#[utoipa::path(get, path = "/api/v1/proactive", tag = "agents", security(("session" = [])),
    responses((status = 200, description = "`rules`", body = Vec<RuleView>),
        (status = 401, body = ErrorBody), (status = 403, body = ErrorBody)))]
pub(super) async fn list(gate: web::Data<Gate>, agent: SignedIn) -> Result<HttpResponse, ApiError> {
    agent.require(Permission::RepliesManage)?;
    Ok(HttpResponse::Ok().json(views(&gate)))
}

/// Puts other rules in use, as a whole. With a mistake in any of them nothing changes.
#[utoipa::path(put, path = "/api/v1/proactive", tag = "agents", request_body = Rules,
    security(("session" = [])),
    responses((status = 200, description = "`rules`", body = Vec<RuleView>),
        (status = 401, body = ErrorBody), (status = 403, body = ErrorBody),
        (status = 422, description = "a mistake, with its `field`", body = ErrorBody)))]
pub(super) async fn set(
    gate: web::Data<Gate>,
    agent: SignedIn,
    body: Json<Rules>,
) -> Result<HttpResponse, ApiError> {
    agent.require(Permission::RepliesManage)?;
    if let Err(error) = gate.check_places(&body.0.rules) {
        return Ok(mistake(&error));
    }
    let before = match gate.proactive.set(body.0.rules).await {
        Ok(before) => before,
        Err(ProactiveError::Rule(error)) => return Ok(mistake(&error)),
        Err(error) => return Ok(ApiError::from(error).error_response()),
    };
    let after: Vec<Rule> = gate.proactive.rules().into_iter().map(|(rule, _)| rule).collect();
    if before != after {
        let on = Object::new("proactive", "rules");
        let (before, after) = (by_id(&before), by_id(&after));
        gate.accounts
            .note(&agent.by(), Act::change(Deed::ProactiveChanged, on, before, after))
            .await?;
    }
    Ok(HttpResponse::Ok().json(views(&gate)))
}

/// The rules by their ids, of which the audit log keeps those that differ.
fn by_id(rules: &[Rule]) -> Value {
    let named = rules.iter().filter_map(|rule| {
        Some((rule.id?.to_string(), serde_json::to_value(rule).unwrap_or_default()))
    });
    Value::Object(named.collect())
}

/// The messages that a page may show its visitor, each after its time on the page; none while a
/// conversation goes on.
#[utoipa::path(post, path = "/api/v1/visitor/proactive", tag = "visitor", request_body = Looking,
    responses((status = 200, description = "`rules`; `known`: whether the server remembers what they see",
            body = Vec<Due>),
        (status = 400, body = ErrorBody), (status = 429, body = ErrorBody)))]
pub(super) async fn applying(
    request: HttpRequest,
    gate: web::Data<Gate>,
    body: Json<Looking>,
) -> Result<HttpResponse, ApiError> {
    gate.limits.page(gate.address(&request))?;
    let language = body.0.language;
    let Some(visit) = gate.visit(body.0).await? else {
        return Ok(HttpResponse::Ok().json(json!({ "rules": [], "known": false })));
    };
    let rules = gate.proactive.applying(&visit).await?;
    let due: Vec<Due> = rules.iter().filter_map(|rule| due(rule, language)).collect();
    let known = visit.customer.is_some();
    Ok(HttpResponse::Ok().json(json!({ "rules": due, "known": known })))
}

fn due(rule: &Rule, language: Language) -> Option<Due> {
    let (language, text, choices) = rule.words(language)?;
    Some(Due {
        id: rule.id?,
        seconds: rule.seconds,
        text: text.to_owned(),
        language,
        choices: choices.into_iter().map(str::to_owned).collect(),
        times: rule.times,
        days: rule.days,
    })
}

/// A page is about to show a message. `show` says whether it may; then it is counted.
#[utoipa::path(post, path = "/api/v1/visitor/proactive/{rule}/shown", tag = "visitor",
    request_body = Looking, params(("rule" = String, Path)),
    responses((status = 200, description = "`show`"), (status = 400, body = ErrorBody),
        (status = 404, body = ErrorBody), (status = 429, body = ErrorBody)))]
pub(super) async fn show(
    request: HttpRequest,
    gate: web::Data<Gate>,
    rule: web::Path<String>,
    body: Json<Looking>,
) -> Result<HttpResponse, ApiError> {
    gate.limits.page(gate.address(&request))?;
    let rule: ProactiveId = rule.parse().map_err(|_| ApiError::NotFound)?;
    let show = match gate.visit(body.0).await? {
        Some(visit) => gate.proactive.show(rule, &visit).await?,
        None => false,
    };
    Ok(HttpResponse::Ok().json(json!({ "show": show })))
}

/// The visitor wants no such messages any more. Of who is not known the browser remembers it.
#[utoipa::path(post, path = "/api/v1/visitor/proactive/quiet", tag = "visitor",
    request_body = Quiet,
    responses((status = 204), (status = 400, body = ErrorBody), (status = 429, body = ErrorBody)))]
pub(super) async fn be_quiet(
    request: HttpRequest,
    gate: web::Data<Gate>,
    body: Json<Quiet>,
) -> Result<HttpResponse, ApiError> {
    gate.limits.page(gate.address(&request))?;
    let Quiet { identity, renewal } = body.0;
    let conversation = gate.conversation_of(renewal.as_deref());
    if let Some((customer, _)) = gate.customers.recognised(identity.as_deref(), conversation) {
        gate.proactive.be_quiet(customer).await?;
    }
    Ok(HttpResponse::NoContent().finish())
}

/// The visitor opens a message, or chooses one of its answers: from now on it is in the conversation.
#[utoipa::path(post, path = "/api/v1/visitor/conversations/{id}/proactive", tag = "visitor",
    request_body = OpenBody, params(("id" = String, Path)), security(("visitor" = [])),
    responses((status = 200, body = Stored), (status = 401, body = ErrorBody),
        (status = 404, body = ErrorBody), (status = 409, body = ErrorBody)))]
pub(super) async fn open(
    request: HttpRequest,
    gate: web::Data<Gate>,
    body: Json<OpenBody>,
) -> Result<HttpResponse, ApiError> {
    let conversation = conversation(&request, &gate)?;
    let OpenBody { client_id, rule, choice, language } = body.0;
    let opening = Opening { rule, choice, language };
    let address = gate.address(&request);
    let accepted = gate.open_proactive(address, conversation, client_id, opening).await?;
    Ok(HttpResponse::Ok().json(Stored::from(accepted)))
}

impl Gate {
    /// What the rules themselves cannot check: that a segment and a site are there.
    fn check_places(&self, rules: &[Rule]) -> Result<(), RuleMistake> {
        let segments = self.customers.segments().segments;
        for (index, rule) in rules.iter().enumerate() {
            let at = |field: &str| format!("rules[{index}].{field}");
            if let Some(name) = &rule.segment
                && !segments.iter().any(|segment| segment.name == *name)
            {
                let shown: String = name.chars().take(60).collect();
                let message = format!("there is no segment `{shown}`");
                return Err(RuleMistake::new(at("segment"), "unknown_segment", message));
            }
            if rule.site.as_deref().is_some_and(|site| !self.origins.allows(site)) {
                let message = "this is none of the sites in the settings";
                return Err(RuleMistake::new(at("site"), "unknown_site", message));
            }
        }
        Ok(())
    }

    /// Who looks at a page; nobody while they have a conversation that goes on.
    async fn visit(&self, looking: Looking) -> Result<Option<Visit>, ApiError> {
        let Looking { path, site, identity, renewal, language: _ } = looking;
        for (field, text, limit) in [("path", &path, PATH_BYTES), ("site", &site, SITE_BYTES)] {
            if text.len() > limit {
                let message = format!("{limit} bytes at most");
                return Err(ApiError::InvalidField { field, message });
            }
        }
        let conversation = self.conversation_of(renewal.as_deref());
        if let Some(conversation) = conversation
            && self.goes_on(conversation).await?
        {
            return Ok(None);
        }
        let known = self.customers.recognised(identity.as_deref(), conversation);
        let (customer, segment) = known.map_or((None, None), |(id, segment)| (Some(id), segment));
        let rules = self.conversations.rules();
        let is_open = rules.hours(None).is_none_or(|hours| hours.is_open(self.clock.now()));
        Ok(Some(Visit { path, site, customer, segment, is_open }))
    }

    /// The conversation of a renewal token that is good; others name none.
    fn conversation_of(&self, renewal: Option<&str>) -> Option<ConversationId> {
        let (conversation, _) = self.tokens.renew(renewal?, self.clock.now()).ok()?;
        Some(conversation)
    }

    async fn goes_on(&self, conversation: ConversationId) -> Result<bool, ApiError> {
        let view = self.conversations.view(conversation).await?;
        match view.status {
            Status::Waiting | Status::Human => return Ok(true),
            Status::Resolved => return Ok(false),
            Status::Bot => {}
        }
        let last = self.conversations.read(conversation, view.last.before(), 1).await?;
        let now = self.clock.now();
        Ok(last.first().is_some_and(|last| now.since(last.at) < GOES_ON))
    }

    /// Puts what the desk said first into a conversation, within the limits, and counts it.
    pub(super) async fn open_proactive(
        &self,
        address: ClientAddress,
        conversation: ConversationId,
        client_id: ClientId,
        opening: Opening,
    ) -> Result<Accepted, ApiError> {
        let Opening { rule: id, choice, language } = opening;
        let rule = self.proactive.rule(id)?;
        let (language, text, choices) = rule.words(language).ok_or(ApiError::NotFound)?;
        let chosen = match choice {
            Some(choice) if choices.contains(&choice.as_str()) => Some(self.text(&choice)?),
            Some(_) => {
                let message = "one of the message's answers, as it was shown".to_owned();
                return Err(ApiError::InvalidField { field: "choice", message });
            }
            None => None,
        };
        let button =
            |label: &str| crate::domain::Choice { id: String::new(), label: label.to_owned() };
        let is_answered = chosen.is_some();
        let choices = choices.into_iter().map(button).collect();
        let command = Command::Open { text: text.to_owned(), language, choices, chosen };
        let accepted = self.submit_visitor(address, conversation, client_id, Ok(command)).await?;
        if !accepted.replayed {
            // it is in the conversation: a figure that is not counted is no reason to refuse it
            let _ = self.proactive.opened(id, conversation, is_answered).await;
        }
        Ok(accepted)
    }
}
