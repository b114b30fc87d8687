//! The way in: finds or starts the actor that owns a conversation, admits as many turns as the
//! machine can carry, and gives readers the log.

mod passing;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, mpsc, oneshot, watch};

use crate::actions::Actions;
use crate::conversation::actor::{self, Call, Request};
use crate::conversation::admission::Admission;
use crate::conversation::desk_rules::{DeskRules, RulesRefused};
use crate::conversation::hub::Hub;
use crate::conversation::inbox_reader;
use crate::conversation::turn::{self, load_state};
use crate::conversation::{
    Accepted, BotSwitch, BotTurn, Command, Corrections, KnowledgeStore, Refusal, Signal,
    Subscription,
};
use crate::customers::Customers;
use crate::dialogue::{State, Status, Strategies, Taken, Triage};
use crate::domain::{
    Attention, ClientId, Clock, ConversationId, DoorId, Event, HandoffCard, Language, Seq, Target,
};
use crate::events::{EventLog, Records};
use crate::generation::Generator;
use crate::handoff::{
    Board, Desk, DeskParts, Floor, PlaceChange, Rules, RulesSpec, Timing, Weights,
};
use crate::inbox::Inbox;
use crate::tasks::Tasks;
use crate::telemetry::Metrics;

/// How many requests may wait for one conversation.
const MAILBOX: usize = 16;
/// How many wishes of the desk may wait.
const ACTS: usize = 256;
/// How long a refused sender should wait.
const RETRY_AFTER: Duration = Duration::from_secs(1);

/// What the service is made of.
pub struct Parts {
    /// Where events are kept.
    pub log: Arc<dyn EventLog>,
    /// Where the desk's rules are kept.
    pub records: Arc<dyn Records>,
    /// Who the customers are.
    pub customers: Arc<Customers>,
    /// The knowledge in use.
    pub knowledge: Arc<KnowledgeStore>,
    /// Where the present moment comes from.
    pub clock: Arc<dyn Clock>,
    /// The way to start tasks.
    pub tasks: Tasks,
    /// Where turns are counted.
    pub metrics: Arc<Metrics>,
    /// By what the bot decides, and what is tried.
    pub strategies: Strategies,
    /// By how much the customers' clocks are ahead of UTC.
    pub offset: jiff::tz::Offset,
    /// How the urgency score is made.
    pub weights: Weights,
    /// How long offers and lost connections may last.
    pub timing: Timing,
    /// The way to the shop's own system.
    pub actions: Arc<Actions>,
    /// The language model that phrases answers, where there is one.
    pub generator: Option<Arc<Generator>>,
    /// Whether an external bot answers.
    pub bots: BotSwitch,
    /// How many turns may be under way at once for long.
    pub turns_in_flight: usize,
    /// How many turns may be under way at once for a moment.
    pub turns_burst: usize,
}

/// Where a conversation stands, for those who look at it.
#[derive(Clone, Debug, PartialEq)]
pub struct View {
    /// The last event; 0 when the conversation has none.
    pub last: Seq,
    /// Who it is with.
    pub status: Status,
    /// The agent who has it, or resolved it.
    pub taken: Option<Taken>,
    /// The language in which the customer is answered.
    pub language: Option<Language>,
    /// What an agent needs to know, once a human was asked for.
    pub card: Option<Box<HandoffCard>>,
    /// To whom an agent has transferred it.
    pub target: Option<Target>,
    /// What agents say of it.
    pub triage: Triage,
}

/// All conversations of this node.
#[derive(Clone)]
pub struct Conversations(pub(super) Arc<Inner>);

pub(super) struct Inner {
    pub(super) parts: Parts,
    pub(super) hub: Hub,
    pub(super) desk: Desk,
    pub(super) rules: DeskRules,
    pub(super) inbox: Inbox,
    pub(super) corrections: Arc<Corrections>,
    turns: Admission,
    actors: Mutex<HashMap<ConversationId, mpsc::Sender<Request>>>,
    calls: Mutex<HashMap<(ConversationId, Seq), Call>>,
}

impl Conversations {
    /// Starts the service: rebuilds the queue from the log, and answers what a crash left
    /// unanswered.
    pub async fn start(parts: Parts) -> Result<Self, Refusal> {
        let hub = Hub::default();
        let (teller, clock) = (hub.clone(), Arc::clone(&parts.clock));
        let tell = move |change: PlaceChange| {
            let PlaceChange { conversation, place, waiting, wait } = change;
            teller.tell(conversation, &Signal::Place { place, waiting, wait });
        };
        let (acts, wishes) = mpsc::channel(ACTS);
        let desk = Desk::start(
            &parts.tasks,
            DeskParts {
                metrics: Arc::clone(&parts.metrics),
                weights: parts.weights,
                timing: parts.timing,
                tell: Box::new(tell),
                now: Box::new(move || clock.now()),
                acts,
            },
        );
        let rules = DeskRules::open(Arc::clone(&parts.records)).await;
        let rules = rules.map_err(|_| Refusal::Unavailable)?;
        desk.use_rules(rules.current()).await.map_err(|_| Refusal::Unavailable)?;
        let inbox = Inbox::open(Arc::clone(&parts.records)).await;
        let inbox = inbox.map_err(|_| Refusal::Unavailable)?;
        let corrections = Corrections::open(Arc::clone(&parts.records)).await;
        let corrections = Arc::new(corrections.map_err(|_| Refusal::Unavailable)?);
        let turns = Admission::new(parts.turns_in_flight, parts.turns_burst);
        let (actors, calls) = (Mutex::new(HashMap::new()), Mutex::default());
        let service = Self(Arc::new(Inner {
            parts,
            hub,
            desk,
            rules,
            inbox,
            corrections,
            turns,
            actors,
            calls,
        }));
        service.recover().await?;
        service.serve_desk(wishes);
        service.read_what_is_over();
        Ok(service)
    }

    async fn recover(&self) -> Result<(), Refusal> {
        let log = &self.0.parts.log;
        let open = log.open().await.map_err(|_| Refusal::Unavailable)?;
        for (conversation, attention) in open {
            if attention == Attention::Bot {
                self.resume_turn(conversation);
                continue;
            }
            let state = load_state(log.as_ref(), conversation).await?;
            self.0.show(conversation, &state).await;
            if state.call.is_some() {
                self.resume_turn(conversation);
            }
            if let Some(case) = turn::case(conversation, &state) {
                self.0.desk.put(case).await.map_err(|_| Refusal::Unavailable)?;
            }
        }
        Ok(())
    }

    /// Reads the conversations that are over into the inbox, the latest first, beside the server's
    /// work: a start does not wait for years of them.
    fn read_what_is_over(&self) {
        let service = self.clone();
        let stop = self.0.parts.tasks.soft();
        self.0.parts.tasks.spawn("read the inbox", async move {
            tokio::select! {
                () = stop.cancelled() => {}
                read = inbox_reader::read(&service.0) => {
                    if let Err(error) = read {
                        tracing::error!(%error, "the inbox lacks conversations that are over");
                    }
                }
            }
        });
    }

    fn resume_turn(&self, conversation: ConversationId) {
        let service = self.clone();
        self.0.parts.tasks.spawn("resume turn", async move {
            let Some(permit) = service.0.turns.wait().await else { return };
            let (reply, _unheard) = oneshot::channel();
            let request = Request { command: None, permit, reply };
            // A full mailbox means that the customer is writing: that turn answers this one too.
            let _ = service.post(conversation, request);
        });
    }

    /// Carries out a command. When this returns, its event is on disk.
    pub async fn submit(
        &self,
        conversation: ConversationId,
        client_id: ClientId,
        command: Command,
    ) -> Result<Accepted, Refusal> {
        let permit = self.admit()?;
        let (reply, answer) = oneshot::channel();
        self.post(conversation, Request { command: Some((client_id, command)), permit, reply })?;
        answer.await.unwrap_or(Err(Refusal::Unavailable))
    }

    fn admit(&self) -> Result<OwnedSemaphorePermit, Refusal> {
        self.0.turns.admit().ok_or(Refusal::Busy { retry_after: RETRY_AFTER })
    }

    /// Hands a request to the conversation's actor, which is started where there is none.
    fn post(&self, conversation: ConversationId, request: Request) -> Result<(), Refusal> {
        let mut actors = self.0.actors();
        let request = match actors.get(&conversation) {
            None => request,
            Some(mailbox) => match mailbox.try_send(request) {
                Ok(()) => return Ok(()),
                Err(mpsc::error::TrySendError::Full(_)) => {
                    return Err(Refusal::Busy { retry_after: RETRY_AFTER });
                }
                Err(mpsc::error::TrySendError::Closed(request)) => request,
            },
        };
        let (mailbox, inbox) = mpsc::channel(MAILBOX);
        let sent = mailbox.try_send(request).map_err(|_| Refusal::Unavailable);
        actors.insert(conversation, mailbox.clone());
        drop(actors);
        let inner = Arc::clone(&self.0);
        self.0.parts.tasks.spawn("conversation", async move {
            actor::run(&inner, conversation, inbox).await;
            inner.forget(conversation, &mailbox);
        });
        sent
    }

    /// Up to `limit` events after `after`.
    pub async fn read(
        &self,
        conversation: ConversationId,
        after: Seq,
        limit: usize,
    ) -> Result<Vec<Event>, Refusal> {
        let read = self.0.parts.log.read(conversation, after, limit).await;
        read.map_err(|_| Refusal::Unavailable)
    }

    /// Where a conversation stands.
    pub async fn view(&self, conversation: ConversationId) -> Result<View, Refusal> {
        let State { last, status, taken, language, need, triage, .. } =
            load_state(self.0.parts.log.as_ref(), conversation).await?;
        let (card, target) = need.map(|need| (need.card, need.target)).unwrap_or_default();
        Ok(View { last, status, taken, language, card, target, triage })
    }

    /// What an external bot has to do for a conversation; nothing when it does not have it.
    pub async fn bot_turn(&self, conversation: ConversationId) -> Result<Option<BotTurn>, Refusal> {
        let state = load_state(self.0.parts.log.as_ref(), conversation).await?;
        Ok(self.0.parts.bots.turn(&state))
    }

    /// Whether an external bot has a conversation, and if not, why.
    pub async fn check_bot(
        &self,
        conversation: ConversationId,
        bot: DoorId,
    ) -> Result<(), Refusal> {
        let state = load_state(self.0.parts.log.as_ref(), conversation).await?;
        self.0.parts.bots.check(&state, bot)
    }

    /// A waiting customer's place and how many wait.
    pub fn place(&self, conversation: ConversationId) -> Option<(usize, usize)> {
        let board = self.0.desk.board();
        let board = board.borrow();
        let waiting = &board.waiting;
        let index =
            waiting.iter().position(|shown| shown.case.waiting.conversation == conversation)?;
        Some((index + 1, waiting.len()))
    }

    /// Subscribes to what happens to a conversation.
    pub fn subscribe(&self, conversation: ConversationId) -> Subscription {
        self.0.hub.subscribe(conversation)
    }

    /// What agents see at a glance.
    pub fn board(&self) -> watch::Receiver<Arc<Board>> {
        self.0.desk.board()
    }

    /// Agents at the desk, and who is offered whom.
    pub fn floor(&self) -> watch::Receiver<Arc<Floor>> {
        self.0.desk.floor()
    }

    /// The desk's rules.
    pub fn rules(&self) -> Arc<Rules> {
        self.0.rules.current()
    }

    /// Changes the desk's rules; with a mistake nothing changes.
    pub async fn use_rules(&self, spec: RulesSpec) -> Result<Arc<Rules>, RulesRefused> {
        let rules = self.0.rules.set(spec).await?;
        let used = self.0.desk.use_rules(Arc::clone(&rules)).await;
        used.map_err(|_| RulesRefused::Store)?;
        let board = self.0.desk.board();
        let board = Arc::clone(&board.borrow());
        let cases = board.waiting.iter().chain(&board.taken).map(|shown| &shown.case.waiting);
        let teams: HashMap<ConversationId, Option<String>> =
            cases.map(|waiting| (waiting.conversation, rules.need(waiting).team)).collect();
        self.0.inbox.assign_teams(|conversation| teams.get(&conversation).cloned());
        Ok(rules)
    }

    /// All conversations that agents have to do with.
    pub fn inbox(&self) -> &Inbox {
        &self.0.inbox
    }

    /// The desk.
    pub fn desk(&self) -> &Desk {
        &self.0.desk
    }

    /// What customers said of answers.
    pub fn corrections(&self) -> &Corrections {
        &self.0.corrections
    }

    /// The knowledge in use.
    pub fn knowledge(&self) -> &Arc<KnowledgeStore> {
        &self.0.parts.knowledge
    }
}

impl Inner {
    /// Shows in the inbox where a conversation stands.
    pub(super) async fn show(&self, conversation: ConversationId, state: &State) {
        let rules = self.rules.current();
        let item = turn::item(conversation, state, |waiting| rules.need(waiting).team);
        let is_over = item.as_ref().is_none_or(|item| !item.is_live());
        self.inbox.put(conversation, state.last, item);
        if is_over && let Err(error) = self.inbox.forget_marks(conversation).await {
            tracing::warn!(conversation.id = %conversation, %error, "read marks stay in the store");
        }
    }

    /// The calls of this process of which the log does not know yet what became of them.
    pub(super) fn calls(&self) -> MutexGuard<'_, HashMap<(ConversationId, Seq), Call>> {
        self.calls.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn actors(&self) -> MutexGuard<'_, HashMap<ConversationId, mpsc::Sender<Request>>> {
        self.actors.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn forget(&self, conversation: ConversationId, mailbox: &mpsc::Sender<Request>) {
        let mut actors = self.actors();
        if actors.get(&conversation).is_some_and(|current| current.same_channel(mailbox)) {
            actors.remove(&conversation);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::conversation::Knowledge;
    use crate::customers::TokenCheck;
    use crate::dialogue::Strategy;
    use crate::domain::{Costs, EventBody, ManualClock, MessageText, TextLimits};
    use crate::events::{AppendError, FailingLog, MemoryLog};

    async fn service() -> (Conversations, Arc<FailingLog>) {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/api/knowledge");
        let knowledge = Knowledge::load(&folder, None, &|_, _| true).unwrap();
        let memory = Arc::new(MemoryLog::default());
        let log = Arc::new(FailingLog::new(Arc::clone(&memory) as _));
        let tokens = TokenCheck::new(&[], None);
        let clock = Arc::new(ManualClock::default());
        let customers = Customers::open(Arc::clone(&memory) as _, clock, tokens).await.unwrap();
        let parts = Parts {
            log: Arc::clone(&log) as _,
            customers: Arc::new(customers),
            records: memory,
            knowledge: Arc::new(KnowledgeStore::new(folder, knowledge)),
            clock: Arc::new(ManualClock::default()),
            tasks: Tasks::new(),
            metrics: Arc::new(Metrics::new()),
            strategies: Strategies::of(Strategy::of(Costs::default())),
            offset: jiff::tz::Offset::UTC,
            weights: Weights::default(),
            timing: Timing::default(),
            actions: Arc::new(Actions::new("http://127.0.0.1:9")),
            generator: None,
            bots: BotSwitch::default(),
            turns_in_flight: 4,
            turns_burst: 4,
        };
        (Conversations::start(parts).await.unwrap(), log)
    }

    fn said(text: &str) -> Command {
        let text = MessageText::parse(text, TextLimits::default()).unwrap();
        Command::Say { text, choice: None, attachments: vec![], language: None }
    }

    async fn events(service: &Conversations, of: ConversationId, count: usize) -> Vec<Event> {
        let mut news = service.subscribe(of);
        loop {
            let events = service.read(of, Seq::ZERO, 100).await.unwrap();
            if events.len() >= count {
                return events;
            }
            news.next().await;
        }
    }

    #[tokio::test]
    async fn a_lost_answer_of_the_store_stores_nothing_twice() {
        let (service, log) = service().await;
        let conversation = ConversationId::random();
        // the customer's message and the bot's answer are stored, and both times nobody hears of it
        log.fail_next(AppendError::Unknown);
        log.fail_next(AppendError::Unknown);
        let id = ClientId::parse("m-1").unwrap();
        let accepted = service.submit(conversation, id.clone(), said("hello")).await.unwrap();
        assert_eq!(accepted.seq, Seq(1));
        let events = events(&service, conversation, 2).await;
        let bodies: Vec<bool> = events
            .iter()
            .map(|event| matches!(event.body, EventBody::VisitorMessage { .. }))
            .collect();
        assert_eq!(bodies, [true, false]);
        let again = service.submit(conversation, id, said("hello")).await.unwrap();
        assert_eq!(again, Accepted { seq: Seq(1), replayed: true });
    }

    #[tokio::test]
    async fn what_is_not_stored_is_not_acknowledged_and_may_be_sent_again() {
        let (service, log) = service().await;
        let conversation = ConversationId::random();
        let id = ClientId::parse("m-1").unwrap();
        for (failure, refusal) in [
            (AppendError::Unavailable, Refusal::Unavailable),
            (AppendError::Busy, Refusal::Busy { retry_after: RETRY_AFTER }),
            (AppendError::TooLarge { limit: 1 }, Refusal::TooLarge),
        ] {
            log.fail_next(failure);
            let refused = service.submit(conversation, id.clone(), said("hello")).await;
            assert_eq!(refused, Err(refusal));
            assert_eq!(service.read(conversation, Seq::ZERO, 10).await.unwrap(), []);
        }
        let accepted = service.submit(conversation, id, said("hello")).await.unwrap();
        assert_eq!(accepted, Accepted { seq: Seq(1), replayed: false });
        assert_eq!(events(&service, conversation, 2).await.len(), 2);
    }

    #[tokio::test]
    async fn an_answer_that_cannot_be_stored_comes_with_the_next_message() {
        let (service, log) = service().await;
        let conversation = ConversationId::random();
        // the gate is shut between the message and its answer
        let first = ClientId::parse("m-1").unwrap();
        log.fail_after(1, AppendError::Unavailable);
        service.submit(conversation, first, said("hello")).await.unwrap();
        let second = ClientId::parse("m-2").unwrap();
        service.submit(conversation, second, said("When are you open?")).await.unwrap();
        let events = events(&service, conversation, 3).await;
        let hours = "We are open from 9 to 18 on workdays.";
        let answered = |event: &Event| matches!(&event.body, EventBody::BotMessage { text, .. } if text == hours);
        assert!(events.iter().any(answered), "{events:?}");
    }
}
