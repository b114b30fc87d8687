//! Signing in with an OpenID Connect provider: to it, and back. Whatever goes wrong ends at the console's
//! sign-in page, which says it in the reader's language.

use actix_web::cookie::{Cookie, SameSite, time};
use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, web};
use serde::Deserialize;

use crate::accounts::{AccountError, Admission, Vouched};
use crate::gateway::error::{ApiError, ErrorBody};
use crate::gateway::gate::Gate;
use crate::gateway::seat::profile;
use crate::gateway::session;
use crate::sign_on::{CameBack, Person, Provider, SignOnError};

const NAME: &str = "frontdesk_oidc";
const START: &str = "/api/v1/session/oidc";

/// With what the provider sends a browser back; what else it sends does not matter.
#[derive(Deserialize, utoipa::IntoParams)]
pub(super) struct Callback {
    code: Option<String>,
    state: Option<String>,
    /// Why there is no code.
    error: Option<String>,
    /// Who sends it (RFC 9207).
    iss: Option<String>,
}

/// Sends the browser to the sign-in provider of the settings.
#[utoipa::path(get, path = "/api/v1/session/oidc", tag = "agents",
    responses((status = 303), (status = 404, body = ErrorBody)))]
pub(super) async fn start(
    request: HttpRequest,
    gate: web::Data<Gate>,
) -> Result<HttpResponse, ApiError> {
    let provider = gate.sign_on.as_ref().ok_or(ApiError::NotFound)?;
    if gate.limits.sign_in(gate.address(&request)).is_err() {
        return Ok(refused("rate_limited"));
    }
    match provider.begin(&format!("{}{START}/callback", gate.own_url())).await {
        Ok(begun) => Ok(HttpResponse::SeeOther()
            .insert_header((header::LOCATION, begun.url))
            .insert_header((header::CACHE_CONTROL, "no-store"))
            .cookie(cookie(&gate, &begun.binding))
            .finish()),
        Err(error) => Ok(refused(told(error))),
    }
}

/// Where the provider sends the browser back to: signs in, and goes on to the console.
#[utoipa::path(get, path = "/api/v1/session/oidc/callback", tag = "agents", params(Callback),
    responses((status = 303), (status = 404, body = ErrorBody)))]
pub(super) async fn callback(
    request: HttpRequest,
    gate: web::Data<Gate>,
    back: web::Query<Callback>,
) -> Result<HttpResponse, ApiError> {
    let provider = gate.sign_on.as_ref().ok_or(ApiError::NotFound)?;
    let Callback { code, state, error, iss } = back.into_inner();
    let binding = request.cookie(NAME).map(|cookie| cookie.value().to_owned());
    let back = CameBack { code, state, error, issuer: iss, binding };
    let mut response = match provider.finish(back).await {
        Ok(person) => let_in(&request, &gate, person).await,
        Err(error) => refused(told(error)),
    };
    let mut spent = Cookie::build(NAME, "").path(START).http_only(true).finish();
    spent.make_removal();
    response.add_cookie(&spent).map_err(|_| ApiError::Internal)?;
    Ok(response)
}

async fn let_in(request: &HttpRequest, gate: &Gate, person: Person) -> HttpResponse {
    let oidc = &gate.settings.oidc;
    let Person { subject, email, email_verified, name, roles } = person;
    let counts = email_verified.unwrap_or(oidc.trust_email);
    let Some(email) = email.filter(|_| counts) else { return refused("unverified") };
    let admission = Admission { unknown: oidc.admit_unknown, role: oidc.role.clone() };
    let vouched = Vouched { subject, email, name, roles };
    let address = gate.address(request).key.to_string();
    match gate.accounts.sign_on(vouched, &admission, &address).await {
        Ok((account, token)) => {
            // the role may have changed; a desk that has stopped needs no news
            let _ = gate.conversations.desk().update(profile(&account)).await;
            let mut response = to("/console");
            let added = response.add_cookie(&session::cookie(token.as_str(), gate));
            added.map_or_else(|_| refused("unavailable"), |()| response)
        }
        Err(error) => refused(why(&error)),
    }
}

/// The stable code of what went wrong, for the console.
fn told(error: SignOnError) -> &'static str {
    match error {
        SignOnError::Unavailable => "provider_unavailable",
        SignOnError::Refused => "provider_refused",
        SignOnError::Expired => "expired",
        SignOnError::Invalid => "invalid",
    }
}

fn why(error: &AccountError) -> &'static str {
    match error {
        AccountError::NotInvited | AccountError::Role(_) => "not_invited",
        AccountError::Inactive => "inactive",
        AccountError::OtherPerson => "other_person",
        AccountError::Email => "unverified",
        _ => "unavailable",
    }
}

fn refused(code: &str) -> HttpResponse {
    to(&format!("/console#sign_in={code}"))
}

fn to(place: &str) -> HttpResponse {
    HttpResponse::SeeOther()
        .insert_header((header::LOCATION, place))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .finish()
}

/// Binds a sign-in to the browser. It comes back from another site, so it cannot be `Strict`.
fn cookie(gate: &Gate, binding: &str) -> Cookie<'static> {
    let lasts = i64::try_from(Provider::LASTS.as_secs()).unwrap_or(600);
    Cookie::build(NAME, binding.to_owned())
        .path(START)
        .http_only(true)
        .same_site(SameSite::Lax)
        .secure(session::is_https(gate))
        .max_age(time::Duration::seconds(lasts))
        .finish()
}
