//! One conversation that an external bot has: tells it what the customer writes, message by message,
//! and fetches a human when it cannot be reached or does not answer in time. That it takes a message
//! is one thing, that it answers is another, which comes by its own call.

use std::time::Duration;

use crate::channels::bots::Inner;
use crate::channels::chatwoot::{self, Heard};
use crate::channels::http::Post;
use crate::channels::{Bot, DeliveryId};
use crate::conversation::{BotTurn, Command, Conversations};
use crate::domain::{ClientId, ConversationId, Event, EventBody, Seq, Timestamp};

/// How often a bot is called with one message.
const TRIES: u32 = 3;
/// The wait after the first failed call; it doubles.
const WAIT: Duration = Duration::from_secs(1);
/// How many events are read at once.
const PAGE: usize = 64;

/// What keeps a lane going.
enum Step {
    /// The bot was told something.
    Told(Seq),
    /// It was told everything and has answered, or no longer has the conversation.
    Over,
    /// It owes an answer until then.
    Owes(Duration),
    /// It does not answer, to a message that it owes an answer to.
    Fails(Bot, Seq),
}

/// Looks after a conversation for as long as its bot owes an answer. Says whether there was nothing
/// more to do.
pub(super) async fn run(inner: &Inner, conversations: &Conversations, of: ConversationId) -> bool {
    let mut news = conversations.subscribe(of);
    let mut told = None;
    loop {
        match step(inner, conversations, of, told).await {
            Step::Told(seq) => told = Some(seq),
            Step::Over => return true,
            Step::Owes(wait) => {
                // whatever woke us: where the conversation stands is read again
                let _ = tokio::time::timeout(wait, news.next()).await;
            }
            Step::Fails(bot, owed) => {
                fetch_human(conversations, of, &bot, owed).await;
                return false;
            }
        }
    }
}

async fn step(
    inner: &Inner,
    conversations: &Conversations,
    of: ConversationId,
    told: Option<Seq>,
) -> Step {
    let Ok(Some(BotTurn { bot, owed })) = conversations.bot_turn(of).await else {
        return Step::Over;
    };
    let Some(bot) = inner.get(bot) else { return Step::Over };
    let left = owed.map(|(seq, at)| {
        let until = at.plus(bot.deadline());
        (seq, until.since(inner.parts.clock.now()))
    });
    if let Some((seq, Duration::ZERO)) = left {
        return Step::Fails(bot, seq);
    }
    let Some(from) = told.or(left.map(|(seq, _)| seq.before())) else { return Step::Over };
    let Ok(events) = conversations.read(of, from, PAGE).await else { return Step::Over };
    for event in &events {
        let within = left.map_or(bot.deadline(), |(_, left)| left);
        let telling = tell(inner, &bot, of, event);
        let is_told = tokio::time::timeout(within, telling).await.unwrap_or(false);
        if !is_told {
            // it may have answered before it failed to say that it took the message
            let now = conversations.bot_turn(of).await.ok().flatten();
            return match (now.and_then(|turn| turn.owed), left) {
                (Some((seq, _)), Some((owed, _))) if seq == owed => Step::Fails(bot, seq),
                _ => Step::Told(event.seq),
            };
        }
    }
    match (events.last(), left) {
        (Some(last), _) => Step::Told(last.seq),
        (None, Some((_, left))) => Step::Owes(left),
        (None, None) => Step::Over,
    }
}

/// Tells a bot of a customer's message; whether it took it. Of anything else it hears nothing.
async fn tell(inner: &Inner, bot: &Bot, conversation: ConversationId, event: &Event) -> bool {
    let EventBody::VisitorMessage { text, choice, attachments, .. } = &event.body else {
        return true;
    };
    let Event { seq, at, .. } = *event;
    let (choice, server) = (choice.as_deref(), inner.parts.server.as_str());
    let body = Heard { conversation, seq, at, text, choice, attachments, server };
    let body = chatwoot::message_created(&body);
    let id = DeliveryId { door: bot.id, conversation, seq };
    let mut wait = WAIT;
    for attempt in 1..=TRIES {
        let now: Timestamp = inner.parts.clock.now();
        let headers = bot.headers(&id, &body, now);
        let post = Post { url: bot.url.clone(), headers, body: body.clone() };
        let answer = inner.caller.post(&post, now).await;
        if answer.is_success() {
            return true;
        }
        tracing::warn!(
            bot.id = %bot.id,
            conversation.id = %conversation,
            attempt,
            status = answer.status,
            reason = answer.error,
            "a bot did not take a message"
        );
        if attempt < TRIES {
            tokio::time::sleep(wait).await;
            wait *= 2;
        }
    }
    false
}

async fn fetch_human(conversations: &Conversations, of: ConversationId, bot: &Bot, owed: Seq) {
    let command = Command::BotHandOver { bot: bot.id, missed: Some(owed) };
    let outcome = conversations.submit(of, ClientId::of_bot_turn(owed, 0), command).await;
    match outcome {
        Ok(_) => tracing::warn!(
            bot.id = %bot.id,
            conversation.id = %of,
            "a bot did not answer; a human is fetched"
        ),
        // the bot was quicker after all, or it is tried again at the next look
        Err(reason) => {
            tracing::info!(conversation.id = %of, %reason, "no human was fetched for a bot");
        }
    }
}
