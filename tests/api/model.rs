//! A language model's server, in the protocol of `OpenAI`, that answers as it is told: well, badly, or not
//! at all.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc::{self, Receiver};
use std::sync::{Arc, Mutex};

use frontdesk::config::Settings;
use serde_json::{Value, json};

/// The settings that ask the model at `url` to phrase answers, and nothing else.
pub(crate) fn with_model(url: &str) -> impl FnOnce(&mut Settings) + use<> {
    let url = url.to_owned();
    move |settings| {
        settings.generation.url = Some(url);
        settings.generation.model = Some("small".to_owned());
        settings.generation.timeout_ms = 1_000;
        settings.generation.summaries = false;
    }
}

/// How it answers.
pub(crate) enum Reply {
    /// These pieces, as a stream.
    Streams(Vec<String>),
    /// Some pieces, and the others as soon as it is let go on.
    Waits(Vec<String>, Receiver<()>, Vec<String>),
    /// These pieces, and then the line is closed without an end.
    Breaks(Vec<String>),
    /// One JSON object, from a server that does not stream.
    Whole(String),
    /// These bytes.
    Raw(Vec<u8>),
    /// Nothing for longer than anybody waits.
    Hangs,
}

impl Reply {
    /// A text in the pieces in which models write.
    pub(crate) fn text(text: &str) -> Self {
        let chars: Vec<char> = text.chars().collect();
        Self::Streams(chars.chunks(4).map(|piece| piece.iter().collect()).collect())
    }

    pub(crate) fn status(status: &str, kind: &str, body: &str) -> Self {
        let head =
            format!("HTTP/1.1 {status}\r\ncontent-type: {kind}\r\nconnection: close\r\n\r\n");
        Self::Raw([head.as_bytes(), body.as_bytes()].concat())
    }
}

/// What it was asked.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    pub(crate) head: String,
    pub(crate) body: Value,
}

impl Asked {
    /// What a message of a role says.
    pub(crate) fn said(&self, role: &str) -> String {
        let messages = self.body["messages"].as_array().unwrap();
        let message = messages.iter().find(|message| message["role"] == role);
        message.unwrap()["content"].as_str().unwrap().to_owned()
    }

    /// The mark that must not get out.
    pub(crate) fn canary(&self) -> String {
        canary(&self.said("system"))
    }
}

/// The mark in rules.
pub(crate) fn canary(rules: &str) -> String {
    let (_, after) = rules.split_once("secret mark of these rules is ").unwrap();
    after.split(';').next().unwrap().to_owned()
}

type Brain = dyn Fn(&Asked) -> Reply + Send + Sync;

pub(crate) struct Model {
    pub(crate) url: String,
    asked: Arc<Mutex<Vec<Asked>>>,
}

impl Model {
    pub(crate) fn start(brain: impl Fn(&Asked) -> Reply + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/v1", listener.local_addr().unwrap());
        let asked = Arc::new(Mutex::new(Vec::new()));
        let (brain, kept): (Arc<Brain>, _) = (Arc::new(brain), Arc::clone(&asked));
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let (brain, kept) = (Arc::clone(&brain), Arc::clone(&kept));
                std::thread::spawn(move || answer(stream, brain.as_ref(), &kept));
            }
        });
        Self { url, asked }
    }

    /// One that answers everything with the same text.
    pub(crate) fn saying(text: &str) -> Self {
        let text = text.to_owned();
        Self::start(move |_| Reply::text(&text))
    }

    pub(crate) fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap().clone()
    }
}

fn answer(mut stream: TcpStream, brain: &Brain, kept: &Mutex<Vec<Asked>>) {
    let Some(asked) = read(&mut stream) else { return };
    kept.lock().unwrap().push(asked.clone());
    // whoever does not listen any more hears nothing
    let _ = write(&mut stream, brain(&asked));
}

fn write(stream: &mut TcpStream, reply: Reply) -> std::io::Result<()> {
    let head = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\r\n";
    match reply {
        Reply::Streams(pieces) => {
            stream.write_all(head.as_bytes())?;
            events(stream, &pieces)?;
            stream.write_all(b"data: [DONE]\n\n")
        }
        Reply::Waits(before, go_on, after) => {
            stream.write_all(head.as_bytes())?;
            events(stream, &before)?;
            // it is also let go on when the test is over
            let _ = go_on.recv();
            events(stream, &after)?;
            stream.write_all(b"data: [DONE]\n\n")
        }
        Reply::Breaks(pieces) => {
            stream.write_all(head.as_bytes())?;
            events(stream, &pieces)
        }
        Reply::Whole(text) => {
            let choice =
                json!({"message": {"role": "assistant", "content": text}, "finish_reason": "stop"});
            let body = json!({"choices": [choice]}).to_string();
            let head = format!(
                "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n",
                body.len()
            );
            stream.write_all(head.as_bytes())?;
            stream.write_all(body.as_bytes())
        }
        Reply::Raw(bytes) => stream.write_all(&bytes),
        Reply::Hangs => {
            // until the other side is gone
            let mut buffer = [0; 64];
            while stream.read(&mut buffer).is_ok_and(|read| read > 0) {}
            Ok(())
        }
    }
}

fn events(stream: &mut TcpStream, pieces: &[String]) -> std::io::Result<()> {
    for piece in pieces {
        let event = json!({"choices": [{"index": 0, "delta": {"content": piece}}]});
        stream.write_all(format!("data: {event}\n\n").as_bytes())?;
        stream.flush()?;
    }
    Ok(())
}

fn read(stream: &mut TcpStream) -> Option<Asked> {
    let (mut all, mut buffer) = (Vec::new(), [0; 8192]);
    loop {
        let read = stream.read(&mut buffer).ok().filter(|read| *read > 0)?;
        all.extend_from_slice(&buffer[..read]);
        let Some(end) = all.windows(4).position(|bytes| bytes == b"\r\n\r\n") else { continue };
        let head = String::from_utf8_lossy(&all[..end]).into_owned();
        let length = head.to_lowercase();
        let length = length.split("content-length: ").nth(1)?.lines().next()?;
        let length: usize = length.trim().parse().ok()?;
        let body = &all[end + 4..];
        if body.len() >= length {
            return Some(Asked { head, body: serde_json::from_slice(body).ok()? });
        }
    }
}

/// A gate that holds a reply back until the sender is used or dropped.
pub(crate) fn gate() -> (mpsc::Sender<()>, Receiver<()>) {
    mpsc::channel()
}
