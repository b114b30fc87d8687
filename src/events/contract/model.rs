//! Random sequences of operations on a log against a plain model of it.

use std::collections::HashMap;
use std::sync::Arc;

use proptest::prelude::*;

use crate::domain::{ConversationId, EventBody, NewEvent, Seq};
use crate::events::contract::{Log, event, open, said};
use crate::events::{AppendError, Appended, MemoryLog};

/// What a writer may do, for sequences at random.
#[derive(Clone, Debug)]
enum Step {
    Append { conversation: usize, behind: u64, id: u8, events: usize },
    Read { conversation: usize, after: u64, limit: usize },
    Erase { conversation: usize },
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        8 => (0..3_usize, prop_oneof![6 => Just(0_u64), 1 => 1..3_u64], 0..40_u8, 1..4_usize)
            .prop_map(|(conversation, behind, id, events)| {
                Step::Append { conversation, behind, id, events }
            }),
        3 => (0..3_usize, 0..12_u64, 0..12_usize)
            .prop_map(|(conversation, after, limit)| Step::Read { conversation, after, limit }),
        1 => (0..3_usize).prop_map(|conversation| Step::Erase { conversation }),
    ]
}

/// The plain model: bodies in a vector, and what each client id began.
#[derive(Default)]
struct Model {
    bodies: Vec<EventBody>,
    begun: HashMap<u8, (u64, u64)>,
}

impl Model {
    fn append(
        &mut self,
        expected: u64,
        id: u8,
        events: &[NewEvent],
    ) -> Result<Appended, AppendError> {
        if let Some((first, last)) = self.begun.get(&id) {
            return Ok(Appended { first: Seq(*first), last: Seq(*last), replayed: true });
        }
        let last = self.bodies.len() as u64;
        if expected != last {
            return Err(AppendError::Conflict { last: Seq(last) });
        }
        self.bodies.extend(events.iter().map(|event| event.body.clone()));
        let places = (last + 1, self.bodies.len() as u64);
        self.begun.insert(id, places);
        Ok(Appended { first: Seq(places.0), last: Seq(places.1), replayed: false })
    }

    fn erase(&mut self) {
        if !self.bodies.is_empty() {
            self.bodies = vec![EventBody::Erased; self.bodies.len() + 1];
            self.begun.clear();
        }
    }
}

async fn follows_the_model(log: Log, steps: Vec<Step>) -> Result<(), TestCaseError> {
    let ids: Vec<ConversationId> = (0..3).map(|_| ConversationId::random()).collect();
    let mut models: Vec<Model> = ids.iter().map(|_| Model::default()).collect();
    for step in steps {
        match step {
            Step::Append { conversation, behind, id, events } => {
                let model = &mut models[conversation];
                let expected = (model.bodies.len() as u64).saturating_sub(behind);
                let events: Vec<NewEvent> = (0..events)
                    .map(|at| said(&format!("{id}.{at}"), &format!("{id} {at}")))
                    .collect();
                let told = model.append(expected, id, &events);
                let got = log.append(ids[conversation], Seq(expected), events).await;
                prop_assert_eq!(got, told);
            }
            Step::Read { conversation, after, limit } => {
                let model = &models[conversation];
                let from = usize::try_from(after).unwrap();
                let told: Vec<EventBody> =
                    model.bodies.iter().skip(from).take(limit).cloned().collect();
                let got = log.read(ids[conversation], Seq(after), limit).await.unwrap();
                let bodies: Vec<EventBody> = got.into_iter().map(|event| event.body).collect();
                prop_assert_eq!(bodies, told);
            }
            Step::Erase { conversation } => {
                models[conversation].erase();
                log.erase(ids[conversation], event("erase", EventBody::Erased)).await.unwrap();
            }
        }
    }
    for (id, model) in ids.iter().zip(&models) {
        prop_assert_eq!(log.last(*id).await, Ok(Seq(model.bodies.len() as u64)));
    }
    Ok(())
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread().build().unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]
    #[test]
    fn the_log_in_memory_follows_the_model(steps in prop::collection::vec(step(), 1..60)) {
        runtime().block_on(follows_the_model(Arc::new(MemoryLog::default()), steps))?;
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]
    #[test]
    fn the_log_on_disk_follows_the_model(steps in prop::collection::vec(step(), 1..60)) {
        let folder = tempfile::tempdir().unwrap();
        runtime().block_on(follows_the_model(open(folder.path()), steps))?;
    }
}
