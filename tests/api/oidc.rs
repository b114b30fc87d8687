//! Signing in with an OpenID Connect provider that is hostile, broken or gone: a twin that signs whatever
//! a test wants. The browser story has a real provider.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use actix_web::{App, HttpResponse, HttpServer, web};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use reqwest::redirect::Policy;
use reqwest::{Client, Url};
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::app::{Answer, TestApp, http};

const SECRET: &str = "the secret of this client";

struct Key {
    id: &'static str,
    pair: EcdsaKeyPair,
}

impl Key {
    fn new(id: &'static str) -> Self {
        let (way, chance) = (&ECDSA_P256_SHA256_FIXED_SIGNING, SystemRandom::new());
        let pkcs8 = EcdsaKeyPair::generate_pkcs8(way, &chance).unwrap();
        Self { id, pair: EcdsaKeyPair::from_pkcs8(way, pkcs8.as_ref(), &chance).unwrap() }
    }

    fn public(&self) -> Value {
        let point = self.pair.public_key().as_ref();
        json!({"kty": "EC", "crv": "P-256", "use": "sig", "alg": "ES256", "kid": self.id,
            "x": encoded(&point[1..33]), "y": encoded(&point[33..])})
    }

    fn sign(&self, claims: &Value) -> String {
        let head = json!({"alg": "ES256", "kid": self.id});
        let text = unsigned(&head, claims);
        let signature = self.pair.sign(&SystemRandom::new(), text.as_bytes()).unwrap();
        format!("{text}.{}", encoded(signature.as_ref()))
    }
}

fn encoded(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

fn unsigned(head: &Value, claims: &Value) -> String {
    format!("{}.{}", encoded(head.to_string().as_bytes()), encoded(claims.to_string().as_bytes()))
}

/// What the twin answers.
#[derive(Default)]
struct Says {
    discovery: Option<String>,
    keys: Vec<Value>,
    token: String,
    asked: HashMap<String, String>,
}

struct Twin {
    url: String,
    says: Arc<Mutex<Says>>,
    handle: actix_web::dev::ServerHandle,
}

impl Twin {
    #[expect(clippy::disallowed_methods, reason = "a twin ends with its test")]
    fn start() -> Self {
        let says = Arc::new(Mutex::new(Says::default()));
        let shared = web::Data::from(Arc::clone(&says));
        let server = HttpServer::new(move || {
            App::new()
                .app_data(shared.clone())
                .route("/.well-known/openid-configuration", web::get().to(discovery))
                .route("/keys", web::get().to(keys))
                .route("/token", web::post().to(token))
                .route("/never/.well-known/openid-configuration", web::get().to(never))
        });
        let server = server.workers(1).disable_signals().bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", server.addrs()[0]);
        let server = server.run();
        let handle = server.handle();
        tokio::spawn(server);
        let endpoint = |path: &str| format!("{url}{path}");
        let document = json!({"issuer": url, "authorization_endpoint": endpoint("/auth"),
            "token_endpoint": endpoint("/token"), "jwks_uri": endpoint("/keys"),
            "response_types_supported": ["code"], "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["ES256"]});
        says.lock().unwrap().discovery = Some(document.to_string());
        Self { url, says, handle }
    }

    fn say(&self, change: impl FnOnce(&mut Says)) {
        change(&mut self.says.lock().unwrap());
    }
}

async fn discovery(says: web::Data<Mutex<Says>>) -> HttpResponse {
    let says = says.lock().unwrap().discovery.clone().unwrap();
    HttpResponse::Ok().content_type("application/json").body(says)
}

async fn never() -> HttpResponse {
    std::future::pending().await
}

async fn keys(says: web::Data<Mutex<Says>>) -> HttpResponse {
    HttpResponse::Ok().json(json!({ "keys": says.lock().unwrap().keys }))
}

async fn token(
    says: web::Data<Mutex<Says>>,
    form: web::Form<HashMap<String, String>>,
) -> HttpResponse {
    let mut says = says.lock().unwrap();
    says.asked = form.into_inner();
    HttpResponse::Ok().content_type("application/json").body(says.token.clone())
}

/// Somebody at a browser, who follows no redirect unseen.
struct Browser<'a> {
    app: &'a TestApp,
    client: Client,
}

/// A sign-in that was begun.
struct Begun {
    asked: HashMap<String, String>,
    cookie: String,
}

impl<'a> Browser<'a> {
    fn new(app: &'a TestApp) -> Self {
        Self { app, client: http().redirect(Policy::none()).build().unwrap() }
    }

    async fn get(&self, path: &str, cookie: &str) -> (String, Vec<String>) {
        let asked = self.client.get(format!("{}{path}", self.app.url)).header("cookie", cookie);
        let answer = asked.send().await.unwrap();
        assert_eq!(answer.status(), 303, "{path}");
        let text = |value: &reqwest::header::HeaderValue| value.to_str().unwrap().to_owned();
        let cookies = answer.headers().get_all("set-cookie").iter().map(text).collect();
        (text(&answer.headers()["location"]), cookies)
    }

    async fn begin(&self) -> Begun {
        let (place, cookies) = self.get("/api/v1/session/oidc", "").await;
        let asked = Url::parse(&place).unwrap_or_else(|_| panic!("{place}"));
        let asked = asked.query_pairs().into_owned().collect();
        assert!(cookies[0].contains("HttpOnly; SameSite=Lax"), "{}", cookies[0]);
        Begun { asked, cookie: cookies[0].split(';').next().unwrap().to_owned() }
    }

    async fn back(&self, query: &str, cookie: &str) -> (String, Vec<String>) {
        self.get(&format!("/api/v1/session/oidc/callback?{query}"), cookie).await
    }

    /// Goes to the twin and comes back with what it says to `token`, which is made of good claims.
    async fn sign_on(&self, twin: &Twin, token: impl FnOnce(Value) -> String) -> String {
        let begun = self.begin().await;
        let token = token(begun.claims(&twin.url));
        let answer = json!({"access_token": "a", "token_type": "Bearer", "id_token": token});
        twin.say(|says| says.token = answer.to_string());
        let query = format!("code=c&state={}", begun.asked["state"]);
        self.back(&query, &begun.cookie).await.0
    }
}

impl Begun {
    fn claims(&self, issuer: &str) -> Value {
        let now = jiff::Timestamp::now().as_second();
        json!({"iss": issuer, "sub": "42", "aud": "frontdesk", "exp": now + 300, "iat": now,
            "nonce": self.asked["nonce"], "email": "Bo@shop.example", "email_verified": true,
            "name": "Bo"})
    }
}

async fn app_with(issuer: &str, change: impl FnOnce(&mut frontdesk::config::Settings)) -> TestApp {
    let issuer = issuer.to_owned();
    TestApp::start_with(|settings| {
        settings.oidc.issuer = Some(issuer);
        settings.oidc.client_id = Some("frontdesk".to_owned());
        settings.oidc.client_secret = Some(SECRET.to_owned());
        settings.limits.sign_in_per_minute = 1_000;
        change(settings);
    })
    .await
}

const IN: &str = "/console";

fn refused(code: &str) -> String {
    format!("/console#sign_in={code}")
}

/// Claims of which one is something else.
fn with(mut claims: Value, name: &str, value: Value) -> Value {
    claims[name] = value;
    claims
}

#[tokio::test(flavor = "multi_thread")]
async fn only_what_the_provider_signed_for_this_sign_in_lets_in() {
    let (twin, key) = (Twin::start(), Key::new("first"));
    twin.say(|says| says.keys = vec![key.public()]);
    let app = app_with(&twin.url, |_| {}).await;
    let admin = app.admin().await;
    admin.add("Bo", "agent").await;
    let browser = Browser::new(&app);
    let now = jiff::Timestamp::now().as_second();
    for (name, value) in [
        ("nonce", json!("of another sign-in")),
        ("nonce", Value::Null),
        ("aud", json!("another client")),
        ("iss", json!("https://login.example")),
        ("exp", json!(now - 120)),
        ("iat", json!(now + 600)),
        ("iat", json!(now - 6_000)),
    ] {
        let place = browser.sign_on(&twin, |claims| key.sign(&with(claims, name, value))).await;
        assert_eq!(place, refused("invalid"), "{name}");
    }
    let stranger = Key::new("first");
    let place = browser.sign_on(&twin, |claims| stranger.sign(&claims)).await;
    assert_eq!(place, refused("invalid"), "another's signature");
    let place = browser.sign_on(&twin, |claims| Key::new("x").sign(&claims)).await;
    assert_eq!(place, refused("invalid"), "an unknown key");
    let none = |claims| format!("{}.", unsigned(&json!({"alg": "none"}), &claims));
    assert_eq!(browser.sign_on(&twin, none).await, refused("invalid"), "none");
    let shared = |claims| {
        let text = unsigned(&json!({"alg": "HS256"}), &claims);
        let mut mac = Hmac::<Sha256>::new_from_slice(SECRET.as_bytes()).unwrap();
        mac.update(text.as_bytes());
        format!("{text}.{}", encoded(&mac.finalize().into_bytes()))
    };
    assert_eq!(browser.sign_on(&twin, shared).await, refused("invalid"), "HS256");
    let nothing = browser.sign_on(&twin, |_| String::new()).await;
    assert_eq!(nothing, refused("provider_unavailable"), "no token");

    assert_eq!(browser.sign_on(&twin, |claims| key.sign(&claims)).await, IN);
    // the provider changes its keys while it is known
    let next = Key::new("second");
    twin.say(|says| says.keys = vec![next.public()]);
    assert_eq!(browser.sign_on(&twin, |claims| next.sign(&claims)).await, IN);
    let old = browser.sign_on(&twin, |claims| key.sign(&claims)).await;
    assert_eq!(old, refused("invalid"), "a key that the provider gave up");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sign_in_belongs_to_one_browser_and_is_good_once() {
    let (twin, key) = (Twin::start(), Key::new("k"));
    twin.say(|says| says.keys = vec![key.public()]);
    let app = app_with(&twin.url, |_| {}).await;
    let admin = app.admin().await;
    admin.add("Bo", "agent").await;
    let browser = Browser::new(&app);
    let begun = browser.begin().await;
    assert_eq!(begun.asked["scope"], "openid email profile");
    assert_eq!(begun.asked["code_challenge_method"], "S256");
    assert_eq!(begun.asked["redirect_uri"], format!("{}/api/v1/session/oidc/callback", app.url));
    let token = key.sign(&begun.claims(&twin.url));
    let answer = json!({"access_token": "a", "token_type": "Bearer", "id_token": token});
    twin.say(|says| says.token = answer.to_string());
    let query = format!("code=c&state={}", begun.asked["state"]);

    let (elsewhere, _) = browser.back(&query, "").await;
    assert_eq!(elsewhere, refused("expired"), "without the cookie");
    let other = browser.begin().await;
    assert_eq!(browser.back(&query, &other.cookie).await.0, refused("expired"), "another's cookie");
    let (guessed, _) = browser.back("code=c&state=guessed", &begun.cookie).await;
    assert_eq!(guessed, refused("expired"));
    let (place, cookies) = browser.back(&query, &begun.cookie).await;
    assert_eq!(place, IN);
    let session = cookies.iter().find(|cookie| cookie.starts_with("frontdesk_session=")).unwrap();
    assert!(session.contains("HttpOnly; SameSite=Strict"), "{session}");
    let asked = app.http.get(format!("{}/api/v1/session", app.url));
    let who = asked.header("cookie", session.split(';').next().unwrap()).send().await.unwrap();
    assert_eq!(Answer::of(who).await.body["name"], "Bo");
    // the code went with the proof that belongs to the challenge (RFC 7636)
    let verifier = twin.says.lock().unwrap().asked["code_verifier"].clone();
    assert_eq!(encoded(&Sha256::digest(verifier.as_bytes())), begun.asked["code_challenge"]);
    let (again, cookies) = browser.back(&query, &begun.cookie).await;
    assert_eq!(again, refused("expired"), "replayed");
    assert!(!cookies.iter().any(|cookie| cookie.starts_with("frontdesk_session=")));

    let said_no = browser.begin().await;
    let query = format!("error=access_denied&state={}", said_no.asked["state"]);
    assert_eq!(browser.back(&query, &said_no.cookie).await.0, refused("provider_refused"));
    let mixed_up = browser.begin().await;
    let query = format!("code=c&iss=https://evil.example&state={}", mixed_up.asked["state"]);
    assert_eq!(browser.back(&query, &mixed_up.cookie).await.0, refused("invalid"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_provider_that_is_broken_slow_or_gone_harms_nobody() {
    let (twin, key) = (Twin::start(), Key::new("k"));
    let app = app_with(&twin.url, |_| {}).await;
    app.admin().await;
    let browser = Browser::new(&app);
    let start = async || browser.get("/api/v1/session/oidc", "").await.0;
    let good = twin.says.lock().unwrap().discovery.clone();
    let page = "<!doctype html><title>Maintenance</title>".to_owned();
    let another = good.clone().map(|text| text.replace(&twin.url, "https://login.example"));
    for wrong in [Some(page.clone()), another, Some("{}".to_owned())] {
        twin.say(|says| says.discovery = wrong);
        assert_eq!(start().await, refused("provider_unavailable"));
    }
    twin.say(|says| (says.discovery, says.keys) = (good, vec![key.public()]));
    let begun = browser.begin().await;
    twin.say(|says| says.token = page);
    let query = format!("code=c&state={}", begun.asked["state"]);
    assert_eq!(browser.back(&query, &begun.cookie).await.0, refused("provider_unavailable"));
    let left = browser.begin().await;
    twin.handle.stop(false).await;
    let query = format!("code=c&state={}", left.asked["state"]);
    assert_eq!(browser.back(&query, &left.cookie).await.0, refused("provider_unavailable"), "down");
    let password = json!({"email": "ada@shop.example", "password": "a long password"});
    assert_eq!(app.post("/api/v1/session", password).await.status, 200);

    let silent = Twin::start();
    let app = app_with(&format!("{}/never", silent.url), |_| {}).await;
    let place = Browser::new(&app).get("/api/v1/session/oidc", "").await.0;
    assert_eq!(place, refused("provider_unavailable"), "silent");
    assert_eq!(app.get("/readyz").await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_comes_in_is_decided_here() {
    let (twin, key) = (Twin::start(), Key::new("k"));
    twin.say(|says| says.keys = vec![key.public()]);
    let open = |settings: &mut frontdesk::config::Settings| {
        settings.oidc.admit_unknown = true;
        settings.oidc.role_claim = Some("/desk/roles".to_owned());
    };
    let app = app_with(&twin.url, |_| {}).await;
    let admin = app.admin().await;
    let cy = |claims| with(with(claims, "email", json!("cy@shop.example")), "sub", json!("cy"));
    let browser = Browser::new(&app);
    assert_eq!(app.get("/api/v1/setup").await.body["oidc"], twin.url.replace("http://", ""));
    let unknown = browser.sign_on(&twin, |claims| key.sign(&cy(claims))).await;
    assert_eq!(unknown, refused("not_invited"));
    let cookie = admin.cookie.clone();
    drop(browser);
    let app = app
        .restart_with(|settings| {
            settings.oidc.issuer = Some(twin.url.clone());
            settings.oidc.client_id = Some("frontdesk".to_owned());
            settings.limits.sign_in_per_minute = 1_000;
            open(settings);
        })
        .await;
    let admin = crate::app::Agent { app: &app, cookie };
    let browser = Browser::new(&app);
    for verified in [json!(false), json!("false"), Value::Null] {
        let claims = |claims| key.sign(&with(cy(claims), "email_verified", verified));
        assert_eq!(browser.sign_on(&twin, claims).await, refused("unverified"));
    }
    let role = |role: &str| json!({"roles": ["staff", role]});
    let as_role = |name: &'static str| |claims| key.sign(&with(cy(claims), "desk", role(name)));
    assert_eq!(browser.sign_on(&twin, as_role("supervisor")).await, IN);
    let people =
        admin.request(reqwest::Method::GET, "/api/v1/agents", None).await.body["agents"].clone();
    let of_cy = |people: &Value| {
        let people = people.as_array().unwrap();
        people.iter().find(|agent| agent["email"] == "cy@shop.example").unwrap().clone()
    };
    assert_eq!(
        (&of_cy(&people)["role"], &of_cy(&people)["name"]),
        (&json!("supervisor"), &json!("Bo"))
    );
    assert_eq!(browser.sign_on(&twin, as_role("agent")).await, IN);
    let people =
        admin.request(reqwest::Method::GET, "/api/v1/agents", None).await.body["agents"].clone();
    assert_eq!(of_cy(&people)["role"], "agent", "the claim counts at each sign-in");
    // another person, who was given the address afterwards
    let other = |claims| key.sign(&with(cy(claims), "sub", json!("another")));
    assert_eq!(browser.sign_on(&twin, other).await, refused("other_person"));
    let id = of_cy(&people)["id"].as_str().unwrap().to_owned();
    let path = format!("/api/v1/agents/{id}");
    admin.request(reqwest::Method::PATCH, &path, Some(json!({"active": false}))).await;
    assert_eq!(browser.sign_on(&twin, as_role("agent")).await, refused("inactive"));
    the_log_tells_how_they_signed_in(&admin).await;
}

async fn the_log_tells_how_they_signed_in(admin: &crate::app::Agent<'_>) {
    let log = admin.request(reqwest::Method::GET, "/api/v1/audit?limit=500", None).await;
    let entries = log.body["entries"].as_array().unwrap();
    let last: Vec<(&str, &Value)> = entries
        .iter()
        .filter(|entry| !entry["act"].as_str().unwrap().starts_with("setup"))
        .map(|entry| (entry["act"].as_str().unwrap(), &entry["after"]["with"]))
        .collect();
    assert!(last.contains(&("session.signed_in", &json!("oidc"))), "{last:?}");
    assert!(last.contains(&("session.signed_in", &json!("password"))), "{last:?}");
    assert!(last.contains(&("session.refused", &json!("oidc"))), "{last:?}");
    assert!(!log.text.contains("the secret"), "{}", log.text);
}
