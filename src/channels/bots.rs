//! The external bots: made by admins, one of them may answer new conversations. Who is owed an answer
//! is read from the log, so that a bot hears of it also after a kill or a lost hint.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::broadcast::error::RecvError;

use crate::channels::http::Caller;
use crate::channels::lane;
use crate::channels::{Bot, BotChange, ChannelError, ChannelParts, DoorId, NewBot};
use crate::conversation::{BotInUse, BotSwitch, Conversations};
use crate::domain::{Attention, ConversationId};
use crate::events::Table;

/// How many bots there may be.
const MOST: usize = 20;
/// How many conversations a bot is told of at once; the others wait for the next look.
const LANES: usize = 2_000;
/// How often it is looked who is owed an answer when nobody hints at news.
const SWEEP: Duration = Duration::from_secs(5);

pub(super) struct Inner {
    pub(super) parts: ChannelParts,
    pub(super) caller: Caller,
    switch: BotSwitch,
    bots: Mutex<Vec<Bot>>,
    /// Conversations that are looked after just now.
    lanes: Mutex<HashSet<ConversationId>>,
    /// Held while a bot is made, changed or removed.
    changing: tokio::sync::Mutex<()>,
}

/// All external bots.
#[derive(Clone)]
pub struct Bots(Arc<Inner>);

impl Bots {
    /// Reads the bots and sets the switch; nothing is told yet.
    pub async fn open(parts: ChannelParts) -> Result<Self, ChannelError> {
        let mut bots: Vec<Bot> = Vec::new();
        for (_, bytes) in parts.records.list(Table::Bots).await? {
            bots.push(serde_json::from_slice(&bytes).map_err(|_| ChannelError::Store)?);
        }
        bots.sort_by_key(|bot| (bot.created_at, bot.id));
        let inner = Inner {
            caller: Caller::new(parts.allow_private),
            parts,
            switch: BotSwitch::default(),
            bots: Mutex::new(bots),
            lanes: Mutex::default(),
            changing: tokio::sync::Mutex::default(),
        };
        inner.set_switch();
        Ok(Self(Arc::new(inner)))
    }

    /// Which bot answers.
    pub fn switch(&self) -> BotSwitch {
        self.0.switch.clone()
    }

    /// Begins to tell the bot what customers write.
    pub fn run(&self, conversations: Conversations) {
        let inner = Arc::clone(&self.0);
        let stop = self.0.parts.tasks.soft();
        self.0.parts.tasks.spawn("bots", async move {
            tokio::select! {
                () = follow(&inner, &conversations) => {}
                () = stop.cancelled() => {}
            }
        });
    }

    /// All bots, oldest first.
    pub fn list(&self) -> Vec<Bot> {
        self.0.bots().clone()
    }

    /// The bot whose token it is.
    pub fn by_token(&self, token: &str) -> Option<Bot> {
        self.0.bots().iter().find(|bot| bot.knows(token)).cloned()
    }

    /// Makes a bot.
    pub async fn add(&self, new: BotChange) -> Result<NewBot, ChannelError> {
        let _changing = self.0.changing.lock().await;
        new.check()?;
        if new.name.is_none() {
            return Err(ChannelError::Name);
        }
        let url = self.0.caller.check(new.url.as_deref().unwrap_or_default())?;
        if self.0.bots().len() >= MOST {
            return Err(ChannelError::TooMany);
        }
        let made = Bot::make(new, url, self.0.parts.clock.now());
        self.0.keep(made.bot.clone()).await?;
        Ok(made)
    }

    /// Changes a bot. One that is switched on takes the place of another.
    pub async fn change(&self, id: DoorId, change: BotChange) -> Result<Bot, ChannelError> {
        let _changing = self.0.changing.lock().await;
        change.check()?;
        let mut bot = self.0.get(id).ok_or(ChannelError::Unknown)?;
        if let Some(url) = &change.url {
            bot.url = self.0.caller.check(url)?;
        }
        if let Some(name) = &change.name {
            name.trim().clone_into(&mut bot.name);
        }
        bot.deadline_seconds = change.deadline_seconds.unwrap_or(bot.deadline_seconds);
        bot.in_use_since = match change.in_use {
            Some(true) => bot.in_use_since.or(Some(self.0.parts.clock.now())),
            Some(false) => None,
            None => bot.in_use_since,
        };
        self.0.keep(bot.clone()).await?;
        Ok(bot)
    }

    /// Removes a bot; its conversations go on with the built-in answers.
    pub async fn remove(&self, id: DoorId) -> Result<(), ChannelError> {
        let _changing = self.0.changing.lock().await;
        self.0.get(id).ok_or(ChannelError::Unknown)?;
        self.0.parts.records.delete(Table::Bots, &id.to_string()).await?;
        self.0.bots().retain(|bot| bot.id != id);
        self.0.set_switch();
        Ok(())
    }
}

impl Inner {
    fn bots(&self) -> MutexGuard<'_, Vec<Bot>> {
        self.bots.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn lanes(&self) -> MutexGuard<'_, HashSet<ConversationId>> {
        self.lanes.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn get(&self, id: DoorId) -> Option<Bot> {
        self.bots().iter().find(|bot| bot.id == id).cloned()
    }

    /// Stores a bot, and takes others out of use when it is in use.
    async fn keep(&self, bot: Bot) -> Result<(), ChannelError> {
        let mut changed = vec![];
        if bot.in_use_since.is_some() {
            let others = self.bots().clone().into_iter();
            let others = others.filter(|other| other.id != bot.id && other.in_use_since.is_some());
            changed.extend(others.map(|other| Bot { in_use_since: None, ..other }));
        }
        changed.push(bot);
        for bot in changed {
            let bytes = serde_json::to_vec(&bot).map_err(|_| ChannelError::Store)?;
            self.parts.records.put(Table::Bots, &bot.id.to_string(), bytes).await?;
            let mut bots = self.bots();
            match bots.iter_mut().find(|known| known.id == bot.id) {
                Some(known) => *known = bot,
                None => bots.push(bot),
            }
        }
        self.set_switch();
        Ok(())
    }

    fn set_switch(&self) {
        let bots = self.bots();
        let in_use = bots.iter().filter_map(|bot| Some((bot.in_use_since?, bot.id)));
        let in_use = in_use.max().map(|(since, id)| BotInUse { id, since });
        self.switch.set(in_use);
    }
}

/// Looks after every conversation that a bot has, by hints and without them.
async fn follow(inner: &Arc<Inner>, conversations: &Conversations) {
    let mut wakes = inner.parts.log.wakes();
    let mut is_closed = false;
    sweep(inner, conversations).await;
    loop {
        tokio::select! {
            wake = wakes.recv(), if !is_closed => match wake {
                Ok(wake) if inner.switch.get().is_some() => {
                    look_after(inner, conversations, wake.conversation);
                }
                Ok(_) => {}
                Err(RecvError::Lagged(_)) => sweep(inner, conversations).await,
                Err(RecvError::Closed) => is_closed = true,
            },
            () = tokio::time::sleep(SWEEP) => sweep(inner, conversations).await,
        }
    }
}

async fn sweep(inner: &Arc<Inner>, conversations: &Conversations) {
    if inner.switch.get().is_none() {
        return;
    }
    match inner.parts.log.open().await {
        Ok(open) => {
            for (conversation, attention) in open {
                if attention == Attention::Bot {
                    look_after(inner, conversations, conversation);
                }
            }
        }
        Err(error) => tracing::error!(%error, "who is owed a bot's answer cannot be read"),
    }
}

/// Starts a lane for a conversation that has none.
fn look_after(inner: &Arc<Inner>, conversations: &Conversations, conversation: ConversationId) {
    let mut lanes = inner.lanes();
    if lanes.len() >= LANES || !lanes.insert(conversation) {
        return;
    }
    drop(lanes);
    let (own, conversations) = (Arc::clone(inner), conversations.clone());
    inner.parts.tasks.spawn("bot", async move {
        let stop = own.parts.tasks.soft();
        let is_over = tokio::select! {
            is_over = lane::run(&own, &conversations, conversation) => is_over,
            () = stop.cancelled() => false,
        };
        own.lanes().remove(&conversation);
        // a hint that came while the lane was ending was lost on it
        let turn = conversations.bot_turn(conversation).await.ok().flatten();
        if is_over && turn.is_some_and(|turn| turn.owed.is_some()) {
            look_after(&own, &conversations, conversation);
        }
    });
}
