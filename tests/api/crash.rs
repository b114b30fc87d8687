//! kill -9 in the middle of load: nothing acknowledged is lost, nothing is there twice, places are
//! dense, and clients go on where they were.

use std::collections::HashMap;
use std::path::Path;
use std::time::Duration;

use reqwest::{Client, Response};
use serde_json::{Value, json};

use crate::app::copy_knowledge;
use crate::process::Process;

const ROUNDS: usize = 20;
const WRITERS: usize = 8;

/// One conversation over HTTP that outlives the server's process.
#[derive(Clone)]
pub(crate) struct Talk {
    http: Client,
    url: String,
    conversation: String,
    token: String,
}

impl Talk {
    pub(crate) async fn start(url: &str) -> Self {
        let http = crate::app::http().timeout(Duration::from_secs(20)).build().unwrap();
        let started = http.post(format!("{url}/api/v1/visitor/conversations")).json(&json!({}));
        let started: Value = started.send().await.unwrap().json().await.unwrap();
        let field = |name: &str| started[name].as_str().unwrap().to_owned();
        Self {
            http,
            url: url.to_owned(),
            conversation: field("conversation"),
            token: field("token"),
        }
    }

    pub(crate) fn moved_to(mut self, url: &str) -> Self {
        url.clone_into(&mut self.url);
        self
    }

    /// Status and body, or nothing when the connection broke.
    pub(crate) async fn say(&self, client_id: &str, text: &str) -> Option<(u16, Value)> {
        let url =
            format!("{}/api/v1/visitor/conversations/{}/messages", self.url, self.conversation);
        let body = json!({"client_id": client_id, "text": text});
        let sent = self.http.post(url).bearer_auth(&self.token).json(&body).send().await;
        let response: Response = sent.ok()?;
        let status = response.status().as_u16();
        Some((status, response.json().await.ok()?))
    }

    pub(crate) async fn events(&self) -> Vec<Value> {
        let mut events: Vec<Value> = Vec::new();
        loop {
            let url = format!(
                "{}/api/v1/visitor/conversations/{}/events?after={}",
                self.url,
                self.conversation,
                events.len()
            );
            let page = self.http.get(url).bearer_auth(&self.token).send().await.unwrap();
            let page: Value = page.json().await.unwrap();
            let page = page["events"].as_array().unwrap();
            if page.is_empty() {
                return events;
            }
            events.extend(page.iter().cloned());
        }
    }

    /// The client ids of the customer's messages, in order; the places must be dense.
    pub(crate) async fn said(&self) -> Vec<String> {
        let events = self.events().await;
        let places: Vec<u64> = events.iter().map(|event| event["seq"].as_u64().unwrap()).collect();
        assert_eq!(places, (1..=places.len() as u64).collect::<Vec<_>>());
        events
            .iter()
            .filter(|event| event["type"] == "visitor_message")
            .map(|event| event["client_id"].as_str().unwrap().to_owned())
            .collect()
    }
}

/// A writer that sends until the server is gone, and what it was acknowledged.
async fn write(talk: Talk, from: usize) -> (Talk, HashMap<String, u64>, usize) {
    let mut acknowledged = HashMap::new();
    let mut at = from;
    loop {
        let id = format!("m-{at}");
        match talk.say(&id, "where is my parcel").await {
            Some((200, body)) => {
                acknowledged.insert(id, body["seq"].as_u64().unwrap());
                at += 1;
            }
            Some((429 | 503, _)) => tokio::task::yield_now().await,
            // the message at `at` may be stored or not: it is sent again after the restart
            Some(_) | None => return (talk, acknowledged, at),
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "a test joins what it spawns")]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn kill_9_in_the_middle_of_load_loses_nothing_that_was_acknowledged() {
    let folder = tempfile::tempdir().unwrap();
    copy_knowledge(&folder.path().join("intents"));
    let mut process = start(folder.path());
    let mut talks = Vec::new();
    for _ in 0..WRITERS {
        talks.push((Talk::start(&process.url).await, HashMap::new(), 0));
    }
    let mut total = 0;
    for round in 0..ROUNDS {
        let writers: Vec<_> = talks
            .into_iter()
            .map(|(talk, known, from): (Talk, HashMap<String, u64>, usize)| {
                let talk = talk.moved_to(&process.url);
                tokio::spawn(async move { (write(talk, from).await, known) })
            })
            .collect();
        // a different moment each round; the load has begun when the timer has
        tokio::time::sleep(Duration::from_millis(60 + (round as u64 * 37) % 150)).await;
        process.kill();
        talks = Vec::new();
        for writer in writers {
            let ((talk, acknowledged, at), mut known) = writer.await.unwrap();
            known.extend(acknowledged);
            talks.push((talk, known, at));
        }
        process = start(folder.path());
        for (talk, known, _) in &talks {
            let talk = talk.clone().moved_to(&process.url);
            let events = talk.events().await;
            let mut stored: HashMap<String, u64> = HashMap::new();
            for (at, event) in events.iter().enumerate() {
                assert_eq!(event["seq"], at as u64 + 1, "round {round}: places are dense");
                if event["type"] == "visitor_message" {
                    let id = event["client_id"].as_str().unwrap().to_owned();
                    let before = stored.insert(id, event["seq"].as_u64().unwrap());
                    assert_eq!(before, None, "round {round}: a message is there twice");
                }
            }
            for (id, seq) in known {
                assert_eq!(stored.get(id), Some(seq), "round {round}: {id} is lost or moved");
            }
        }
        total = talks.iter().map(|(_, known, _)| known.len()).sum();
    }
    assert!(total > ROUNDS * WRITERS, "there was no load: {total} messages");
    process.kill();
}

fn start(folder: &Path) -> Process {
    Process::start(folder)
}
