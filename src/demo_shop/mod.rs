//! A small shop to try flows with: orders, addresses, returns, invoices, warranties, call-backs, and
//! passwords to be set anew. It keeps everything in memory, begins the same each time, and does a call
//! once, however often it comes with the same `Idempotency-Key`.

mod state;

use std::net::TcpListener;
use std::sync::{Mutex, MutexGuard, PoisonError};

use actix_web::dev::Server;
use actix_web::http::StatusCode;
use actix_web::web::{self, Data, Json, Path};
use actix_web::{App, HttpRequest, HttpResponse, HttpServer};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::demo_shop::state::{Refused, Shop};

type Shared = Data<Mutex<Shop>>;

/// Serves the shop at a listener, until the server's handle stops it.
pub fn serve(listener: TcpListener) -> std::io::Result<Server> {
    let shop: Shared = Data::new(Mutex::new(Shop::new()));
    let app = move || {
        App::new()
            .app_data(shop.clone())
            .app_data(web::JsonConfig::default().limit(16 * 1024))
            .route("/", web::get().to(index))
            .route("/orders/{order}", web::get().to(order))
            .route("/orders/{order}/address", web::put().to(address))
            .route("/orders/{order}/invoice", web::post().to(invoice))
            .route("/returns", web::post().to(give_back))
            .route("/warranty/{serial}", web::get().to(warranty))
            .route("/callbacks", web::post().to(call_back))
            .route("/passwords", web::post().to(password))
    };
    Ok(HttpServer::new(app).workers(1).listen(listener)?.run())
}

fn open(shop: &Shared) -> MutexGuard<'_, Shop> {
    shop.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The answer: what was done, or why not.
fn answer(done: Result<Value, Refused>) -> HttpResponse {
    match done {
        Ok(done) => HttpResponse::Ok().json(done),
        Err(refused) => {
            let status = StatusCode::from_u16(refused.status()).unwrap_or(StatusCode::BAD_REQUEST);
            HttpResponse::build(status).json(json!({ "error": refused.to_string() }))
        }
    }
}

/// Does something once for each key.
fn once(
    shop: &Shared,
    request: &HttpRequest,
    act: impl FnOnce(&mut Shop) -> Result<Value, Refused>,
) -> HttpResponse {
    let key = request.headers().get("idempotency-key").and_then(|key| key.to_str().ok());
    let key = key.map(|key| format!("{} {key}", request.path()));
    answer(open(shop).once(key, act))
}

async fn index(shop: Shared) -> HttpResponse {
    HttpResponse::Ok().json(open(&shop).everything())
}

async fn order(shop: Shared, order: Path<String>) -> HttpResponse {
    answer(open(&shop).order(&order))
}

#[derive(Deserialize)]
struct Address {
    address: String,
}

async fn address(
    shop: Shared,
    request: HttpRequest,
    order: Path<String>,
    body: Json<Address>,
) -> HttpResponse {
    once(&shop, &request, |shop| shop.change_address(&order, &body.address))
}

#[derive(Deserialize)]
struct Invoice {
    title: String,
    email: String,
    #[serde(default)]
    tax_id: String,
}

async fn invoice(
    shop: Shared,
    request: HttpRequest,
    order: Path<String>,
    body: Json<Invoice>,
) -> HttpResponse {
    let Invoice { title, email, tax_id } = body.into_inner();
    once(&shop, &request, |shop| shop.invoice(&order, &title, &email, &tax_id))
}

#[derive(Deserialize)]
struct Return {
    order: String,
    reason: String,
    #[serde(default)]
    wish: String,
}

async fn give_back(shop: Shared, request: HttpRequest, body: Json<Return>) -> HttpResponse {
    let Return { order, reason, wish } = body.into_inner();
    once(&shop, &request, |shop| shop.give_back(&order, &reason, &wish))
}

async fn warranty(serial: Path<String>) -> HttpResponse {
    answer(Shop::warranty(&serial))
}

#[derive(Deserialize)]
struct CallBack {
    phone: String,
    day: String,
    time: String,
    matter: String,
}

async fn call_back(shop: Shared, request: HttpRequest, body: Json<CallBack>) -> HttpResponse {
    let CallBack { phone, day, time, matter } = body.into_inner();
    once(&shop, &request, |shop| Ok(shop.call_back(&phone, &day, &time, &matter)))
}

#[derive(Deserialize)]
struct Password {
    email: String,
}

async fn password(shop: Shared, request: HttpRequest, body: Json<Password>) -> HttpResponse {
    once(&shop, &request, |shop| Ok(shop.password(&body.email)))
}
