//! What the demo shop knows, and its rules.

use std::collections::{BTreeMap, HashMap};

use serde::Serialize;
use serde_json::{Value, json};

/// Most keys that are remembered.
const MOST_KEYS: usize = 10_000;

/// Why something was not done.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum Refused {
    /// There is no such thing.
    #[error("there is no {0}")]
    Unknown(&'static str),
    /// It cannot be done.
    #[error("{0}")]
    Conflict(&'static str),
}

impl Refused {
    /// The HTTP status of it.
    pub(super) fn status(&self) -> u16 {
        match self {
            Self::Unknown(_) => 404,
            Self::Conflict(_) => 409,
        }
    }
}

#[derive(Clone, Debug, Serialize)]
struct Order {
    id: &'static str,
    status: &'static str,
    item: &'static str,
    total: &'static str,
    carrier: Option<&'static str>,
    tracking: Option<&'static str>,
    expected: Option<&'static str>,
    address: String,
}

/// The shop.
pub(super) struct Shop {
    orders: BTreeMap<&'static str, Order>,
    returns: Vec<Value>,
    invoices: Vec<Value>,
    callbacks: Vec<Value>,
    passwords: Vec<Value>,
    /// What was done under a key, so that it is done once.
    done: HashMap<String, Result<Value, Refused>>,
}

impl Shop {
    pub(super) fn new() -> Self {
        let order = |id, status, item, total| Order {
            id,
            status,
            item,
            total,
            carrier: None,
            tracking: None,
            expected: None,
            address: "12 Baker Street, London".to_owned(),
        };
        let on_its_way = Order {
            carrier: Some("SF Express"),
            tracking: Some("SF1234567890123"),
            expected: Some("2026-12-04"),
            ..order("LX-778120", "shipped", "Halo 2", "129.00 EUR")
        };
        let packing = Order {
            expected: Some("2026-12-07"),
            ..order("LX-778121", "packing", "Aria Over", "249.00 EUR")
        };
        let orders = [
            on_its_way,
            packing,
            order("LX-778122", "delivered", "Orbit", "199.00 EUR"),
            order("LX-778123", "cancelled", "Pebble", "59.00 EUR"),
            Order {
                address: "上海市浦东新区世纪大道100号".to_owned(),
                expected: Some("2026-12-08"),
                ..order("LX-778124", "paid", "Nova 5", "3,999.00 CNY")
            },
        ];
        Self {
            orders: orders.into_iter().map(|order| (order.id, order)).collect(),
            returns: vec![],
            invoices: vec![],
            callbacks: vec![],
            passwords: vec![],
            done: HashMap::new(),
        }
    }

    /// Does something, unless it was done under the same key; then what came of it is said again.
    pub(super) fn once(
        &mut self,
        key: Option<String>,
        act: impl FnOnce(&mut Self) -> Result<Value, Refused>,
    ) -> Result<Value, Refused> {
        if let Some(done) = key.as_ref().and_then(|key| self.done.get(key)) {
            return done.clone();
        }
        let done = act(self);
        if let Some(key) = key.filter(|_| self.done.len() < MOST_KEYS) {
            self.done.insert(key, done.clone());
        }
        done
    }

    /// All that it knows, to look at.
    pub(super) fn everything(&self) -> Value {
        let orders: Vec<&Order> = self.orders.values().collect();
        json!({
            "orders": orders, "returns": self.returns, "invoices": self.invoices,
            "callbacks": self.callbacks, "passwords": self.passwords,
            "serials": ["LM12345678", "LM00000001"],
        })
    }

    fn find(&mut self, id: &str) -> Result<&mut Order, Refused> {
        let digits: String = id.chars().filter(char::is_ascii_digit).collect();
        let known = format!("LX-{digits}");
        self.orders.get_mut(known.as_str()).ok_or(Refused::Unknown("order"))
    }

    pub(super) fn order(&mut self, id: &str) -> Result<Value, Refused> {
        self.find(id).map(|order| json!(order))
    }

    pub(super) fn change_address(&mut self, id: &str, address: &str) -> Result<Value, Refused> {
        let order = self.find(id)?;
        if !["paid", "packing"].contains(&order.status) {
            return Err(Refused::Conflict(
                "the parcel has left the warehouse, or will not leave it",
            ));
        }
        if address.trim().is_empty() {
            return Err(Refused::Conflict("the address is empty"));
        }
        address.trim().clone_into(&mut order.address);
        Ok(json!(order))
    }

    pub(super) fn give_back(
        &mut self,
        id: &str,
        reason: &str,
        wish: &str,
    ) -> Result<Value, Refused> {
        let order = self.find(id)?;
        if !["delivered", "shipped"].contains(&order.status) {
            return Err(Refused::Conflict("only what has been sent can be sent back"));
        }
        let (order, number) = (order.id, self.returns.len() + 1);
        let made = json!({"return": format!("R-{number:04}"), "order": order, "reason": reason, "wish": wish});
        self.returns.push(made.clone());
        Ok(made)
    }

    pub(super) fn invoice(
        &mut self,
        id: &str,
        title: &str,
        email: &str,
        tax_id: &str,
    ) -> Result<Value, Refused> {
        let order = self.find(id)?;
        if order.status == "cancelled" {
            return Err(Refused::Conflict("a cancelled order has no invoice"));
        }
        let (order, number) = (order.id, self.invoices.len() + 1);
        let made = json!({
            "invoice": format!("I-{number:04}"), "order": order, "title": title, "email": email,
            "tax_id": tax_id,
        });
        self.invoices.push(made.clone());
        Ok(made)
    }

    pub(super) fn warranty(serial: &str) -> Result<Value, Refused> {
        match serial.to_uppercase().as_str() {
            "LM12345678" => Ok(
                json!({"serial": serial, "item": "Halo 2", "covered": "yes", "until": "2028-11-20"}),
            ),
            "LM00000001" => Ok(
                json!({"serial": serial, "item": "Pebble", "covered": "no", "until": "2025-02-01"}),
            ),
            _ => Err(Refused::Unknown("product with this serial number")),
        }
    }

    pub(super) fn call_back(&mut self, phone: &str, day: &str, time: &str, matter: &str) -> Value {
        let number = self.callbacks.len() + 1;
        let made = json!({
            "callback": format!("C-{number:04}"), "phone": phone, "day": day, "time": time,
            "matter": matter,
        });
        self.callbacks.push(made.clone());
        made
    }

    pub(super) fn password(&mut self, email: &str) -> Value {
        // whether somebody has an account is nobody else's affair
        let made = json!({"email": email, "sent": true});
        self.passwords.push(made.clone());
        made
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_good_for_one_deed() {
        let mut shop = Shop::new();
        let key = || Some("k".to_owned());
        let first = shop.once(key(), |shop| shop.give_back("LX-778122", "broken", "refund"));
        let second = shop.once(key(), |shop| shop.give_back("LX-778122", "broken", "refund"));
        assert_eq!(first, second);
        assert_eq!(shop.returns.len(), 1);
        shop.once(None, |shop| shop.give_back("778122", "broken", "refund")).unwrap();
        assert_eq!(shop.returns.len(), 2);
    }

    #[test]
    fn what_has_left_keeps_its_address() {
        let mut shop = Shop::new();
        assert!(matches!(shop.change_address("LX-778120", "x"), Err(Refused::Conflict(_))));
        assert_eq!(shop.change_address("LX-1", "x"), Err(Refused::Unknown("order")));
        let changed = shop.change_address("lx-778121", " 5 High Road ").unwrap();
        assert_eq!(changed["address"], "5 High Road");
    }
}
