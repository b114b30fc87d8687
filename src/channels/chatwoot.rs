//! The forms of Chatwoot's agent bots: what such a bot is sent (`message_created`), and what its REST
//! calls say. Ids of conversations are our own, which bots put into addresses as they are.

use serde::Deserialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

use crate::channels::payload::moment;
use crate::domain::{Attachment, Choice, ConversationId, MessageText, Seq, Timestamp};

/// The one account and the one inbox that there are.
pub const ACCOUNT: &str = "1";
/// How many buttons a message has at most.
const BUTTONS: usize = 10;
/// Most bytes of a button's value, and of its words.
const BUTTON_BYTES: usize = 200;

/// A customer's message for a bot.
pub(super) struct Heard<'a> {
    pub(super) conversation: ConversationId,
    pub(super) seq: Seq,
    pub(super) at: Timestamp,
    pub(super) text: &'a MessageText,
    pub(super) choice: Option<&'a str>,
    pub(super) attachments: &'a [Attachment],
    /// The server as others reach it.
    pub(super) server: &'a str,
}

/// What a bot is sent of a customer's message.
pub(super) fn message_created(heard: &Heard<'_>) -> String {
    let Heard { conversation, seq, at, text, choice, .. } = heard;
    let account = json!({ "id": 1, "name": "Frontdesk" });
    let code: String = conversation.to_string().chars().take(4).collect();
    let name = format!("Visitor {}", code.to_uppercase());
    let sender = json!({
        "id": conversation, "name": name, "type": "contact", "account": account,
        "email": null, "phone_number": null, "identifier": null,
        "additional_attributes": {}, "custom_attributes": {},
    });
    let pressed = choice.map(|value| json!([{ "title": text, "value": value }]));
    let attributes = pressed.map_or(json!({}), |values| json!({ "submitted_values": values }));
    let mut message = json!({
        "id": seq, "content": text, "content_type": "text", "content_attributes": attributes,
        "additional_attributes": {}, "message_type": "incoming", "private": false,
        "source_id": null, "created_at": moment(*at), "sender": sender, "account": account,
        "inbox": { "id": 1, "name": "Website" },
    });
    if !heard.attachments.is_empty() {
        message = with(message, "attachments", attachments(heard));
    }
    let mut whole = message.clone();
    let last = with(message, "message_type", json!(0));
    whole = with(whole, "event", json!("message_created"));
    whole = with(
        whole,
        "conversation",
        json!({
            "id": conversation, "status": "pending", "inbox_id": 1, "can_reply": true,
            "channel": "Channel::WebWidget", "priority": null, "labels": [], "custom_attributes": {},
            "additional_attributes": {}, "contact_inbox": { "source_id": conversation },
            "meta": { "sender": sender, "assignee": null, "team": null, "hmac_verified": false },
            "messages": [last],
        }),
    );
    whole.to_string()
}

/// Files in Chatwoot's form. The address wants the bot's `api_access_token`, as its other calls do.
fn attachments(heard: &Heard<'_>) -> Value {
    let Heard { conversation, seq, attachments, server, .. } = heard;
    let one = |file: &Attachment| {
        let kind = if file.kind.is_image() { "image" } else { "file" };
        let address =
            format!("{server}/api/v1/conversations/{conversation}/attachments/{}", file.id);
        json!({
            "id": file.id, "message_id": seq, "file_type": kind, "account_id": 1,
            "extension": file.name.rsplit_once('.').map(|(_, ending)| ending),
            "data_url": address, "thumb_url": if file.kind.is_image() { &address } else { "" },
            "file_size": file.size, "width": file.width, "height": file.height,
            "fallback_title": file.name, "content_type": file.kind.media_type(),
        })
    };
    attachments.iter().map(one).collect()
}

fn with(mut object: Value, key: &str, value: Value) -> Value {
    if let Some(fields) = object.as_object_mut() {
        fields.insert(key.to_owned(), value);
    }
    object
}

/// What is wrong with a bot's call.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct CallError {
    /// The field.
    pub field: &'static str,
    /// What is wrong with it.
    pub message: &'static str,
}

fn wrong<T>(field: &'static str, message: &'static str) -> Result<T, CallError> {
    Err(CallError { field, message })
}

/// The body of `POST …/messages`. Fields that Chatwoot has and we do not know are passed over.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
pub struct MessageCall {
    content: Option<String>,
    message_type: Option<String>,
    #[serde(default)]
    private: bool,
    content_type: Option<String>,
    #[schema(value_type = Option<Object>)]
    content_attributes: Option<Value>,
    /// The bot's own name of the message: the same one twice is the same message.
    pub echo_id: Option<String>,
}

/// A bot's message, as far as its form goes.
#[derive(Clone, Debug, PartialEq)]
pub struct Spoken {
    /// The words, yet to be checked as a text.
    pub content: String,
    /// Buttons.
    pub choices: Vec<Choice>,
}

impl MessageCall {
    /// What the bot says.
    pub fn spoken(&self) -> Result<Spoken, CallError> {
        if self.message_type.as_deref().is_some_and(|of| of != "outgoing") {
            return wrong("message_type", "bots write `outgoing` messages only");
        }
        if self.private {
            return wrong("private", "bots cannot leave private notes");
        }
        let choices = match self.content_type.as_deref() {
            None | Some("text") => vec![],
            Some("input_select") => self.buttons()?,
            Some(_) => return wrong("content_type", "`text` or `input_select`"),
        };
        Ok(Spoken { content: self.content.clone().unwrap_or_default(), choices })
    }

    fn buttons(&self) -> Result<Vec<Choice>, CallError> {
        let items = self.content_attributes.as_ref().and_then(|attributes| attributes.get("items"));
        let Some(items) = items.and_then(Value::as_array) else {
            return wrong("content_attributes", "`items` is a list of {`title`, `value`}");
        };
        if items.is_empty() || items.len() > BUTTONS {
            return wrong("content_attributes", "`items` has 1 to 10 entries");
        }
        items.iter().map(button).collect()
    }
}

fn button(item: &Value) -> Result<Choice, CallError> {
    let text = |key| item.get(key).and_then(Value::as_str).map(str::trim);
    let is_fit = |text: &&str| !text.is_empty() && text.len() <= BUTTON_BYTES;
    match (text("title").filter(is_fit), text("value").filter(is_fit)) {
        (Some(title), Some(value)) if !title.chars().any(char::is_control) => {
            Ok(Choice { id: value.to_owned(), label: title.to_owned() })
        }
        _ => wrong("content_attributes", "`title` and `value` have 1 to 200 bytes"),
    }
}

/// The body of `POST …/toggle_status`.
#[derive(Clone, Debug, Deserialize, ToSchema)]
pub struct StatusCall {
    status: String,
}

/// What a bot wants to become of a conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wish {
    /// A human.
    Human,
    /// To keep it.
    Keep,
}

impl StatusCall {
    /// What the bot wants.
    pub fn wish(&self) -> Result<Wish, CallError> {
        match self.status.as_str() {
            "open" => Ok(Wish::Human),
            "pending" => Ok(Wish::Keep),
            _ => wrong("status", "`open` hands over to a human, `pending` keeps the conversation"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{AttachmentId, FileKind, TextLimits};

    fn call(body: Value) -> Result<Spoken, CallError> {
        serde_json::from_value::<MessageCall>(body).unwrap().spoken()
    }

    #[test]
    fn a_message_is_sent_in_chatwoots_form() {
        let text = MessageText::parse("Size M", TextLimits::default()).unwrap();
        let conversation = ConversationId::from_bytes([0xe2; 16]);
        let (seq, at) = (Seq(3), Timestamp(1_795_636_800_000));
        let file = Attachment {
            id: AttachmentId::from_bytes([0xf1; 16]),
            name: "label.png".to_owned(),
            kind: FileKind::Png,
            size: 70,
            width: Some(4),
            height: Some(3),
        };
        let attachments = std::slice::from_ref(&file);
        let (server, text, choice) = ("https://desk.example", &text, Some("m"));
        let sent =
            message_created(&Heard { conversation, seq, at, text, choice, attachments, server });
        let sent: Value = serde_json::from_str(&sent).unwrap();
        assert_eq!(sent["event"], "message_created");
        assert_eq!((&sent["id"], &sent["content"]), (&json!(3), &json!("Size M")));
        assert_eq!((&sent["message_type"], &sent["private"]), (&json!("incoming"), &json!(false)));
        assert_eq!(sent["created_at"], "2026-11-25T20:00:00Z");
        assert_eq!(sent["conversation"]["id"], "e2".repeat(16));
        assert_eq!(sent["conversation"]["status"], "pending");
        assert_eq!(sent["conversation"]["messages"][0]["message_type"], 0);
        assert_eq!((&sent["account"]["id"], &sent["inbox"]["id"]), (&json!(1), &json!(1)));
        assert_eq!(sent["sender"]["type"], "contact");
        let file = &sent["attachments"][0];
        let address = format!(
            "https://desk.example/api/v1/conversations/{}/attachments/{}",
            "e2".repeat(16),
            "f1".repeat(16)
        );
        assert_eq!((&file["file_type"], &file["extension"]), (&json!("image"), &json!("png")));
        assert_eq!((&file["data_url"], &file["file_size"]), (&json!(address), &json!(70)));
        assert_eq!(sent["conversation"]["messages"][0]["attachments"][0]["width"], 4);
        assert_eq!(sent["content_attributes"]["submitted_values"][0]["value"], "m");
    }

    #[test]
    fn a_bots_words_may_have_buttons() {
        let spoken = call(json!({
            "content": "Which size?", "message_type": "outgoing", "content_type": "input_select",
            "content_attributes": { "items": [{ "title": "M", "value": "m" }] }, "template_params": {},
        }));
        let choices = vec![Choice { id: "m".to_owned(), label: "M".to_owned() }];
        assert_eq!(spoken, Ok(Spoken { content: "Which size?".to_owned(), choices }));
        let plain = call(json!({ "content": "Hi" })).unwrap();
        assert_eq!((plain.content.as_str(), plain.choices.len()), ("Hi", 0));
    }

    #[test]
    fn what_is_wrong_with_a_call_is_named() {
        let many = vec![json!({ "title": "a", "value": "b" }); BUTTONS + 1];
        for (body, field) in [
            (json!({ "content": "x", "message_type": "incoming" }), "message_type"),
            (json!({ "content": "x", "private": true }), "private"),
            (json!({ "content": "x", "content_type": "cards" }), "content_type"),
            (json!({ "content": "x", "content_type": "input_select" }), "content_attributes"),
            (
                json!({ "content_type": "input_select", "content_attributes": { "items": many } }),
                "content_attributes",
            ),
            (
                json!({ "content_type": "input_select",
                    "content_attributes": { "items": [{ "title": "", "value": "b" }] } }),
                "content_attributes",
            ),
        ] {
            assert_eq!(call(body.clone()).unwrap_err().field, field, "{body}");
        }
        let status = |status: &str| StatusCall { status: status.to_owned() }.wish();
        assert_eq!((status("open"), status("pending")), (Ok(Wish::Human), Ok(Wish::Keep)));
        assert_eq!(status("resolved").unwrap_err().field, "status");
    }
}
