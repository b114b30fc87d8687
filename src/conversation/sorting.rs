//! What agents do to order their work: labels, priority, snooze, marks, and who gets what. Customers
//! see none of it but that another agent has them.

use crate::conversation::{AgentRef, Refusal};
use crate::dialogue::{State, Status};
use crate::domain::{EventBody, LabelName, MOST_LABELS, Priority, Target, Timestamp};

/// One of these acts. Each refuses to do what is so already.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Sorting {
    /// Puts labels on and takes labels off.
    Label {
        /// To put on.
        add: Vec<LabelName>,
        /// To take off.
        remove: Vec<LabelName>,
    },
    /// Says how much it matters.
    Prioritise(Option<Priority>),
    /// Puts it away until a time, or until the customer writes.
    Snooze(Option<Timestamp>),
    /// Brings it back.
    Wake,
    /// The agent wants to look at it again.
    MarkUnread,
    /// Takes back that it was resolved.
    Reopen,
    /// Gives it to a team or an agent; it waits until they take it.
    Assign(Target),
}

impl Sorting {
    /// The event that carries it out, or why not. Whose conversation it must be for an assignment is
    /// the caller's to say.
    pub(super) fn event(self, by: AgentRef, state: &State) -> Result<EventBody, Refusal> {
        let AgentRef { id: agent, name } = by;
        let is_open = matches!(state.status, Status::Waiting | Status::Human);
        match self {
            Self::Label { add, remove } => label(AgentRef { id: agent, name }, add, remove, state),
            Self::Prioritise(priority) if priority == state.triage.priority => {
                Err(Refusal::Unchanged)
            }
            Self::Prioritise(priority) => Ok(EventBody::Prioritised { agent, name, priority }),
            Self::Snooze(_) if !is_open => Err(Refusal::NotWaiting),
            Self::Snooze(until) => {
                if state.triage.snooze.is_some_and(|snooze| snooze.until == until) {
                    return Err(Refusal::Unchanged);
                }
                Ok(EventBody::Snoozed { agent, name, until })
            }
            Self::Wake if state.triage.snooze.is_none() => Err(Refusal::Unchanged),
            Self::Wake => Ok(EventBody::Woken { agent: Some(agent), name: Some(name) }),
            Self::MarkUnread if is_open => Ok(EventBody::MarkedUnread { agent, name }),
            Self::MarkUnread => Err(Refusal::NotWaiting),
            Self::Reopen => match (state.status, &state.taken) {
                (Status::Resolved, Some(taken)) if taken.agent == agent => {
                    Ok(EventBody::Reopened { agent, name })
                }
                _ => Err(Refusal::NotYours),
            },
            Self::Assign(target) => {
                if !is_open {
                    return Err(Refusal::NotWaiting);
                }
                let known = state.need.as_ref().and_then(|need| need.target.as_ref());
                let known = known.unwrap_or(&Target::Queue);
                if state.status == Status::Waiting && *known == target {
                    return Err(Refusal::Unchanged);
                }
                Ok(EventBody::Transferred { agent, name, target, note: None })
            }
        }
    }
}

fn label(
    by: AgentRef,
    add: Vec<LabelName>,
    remove: Vec<LabelName>,
    state: &State,
) -> Result<EventBody, Refusal> {
    let on = &state.triage.labels;
    let mut added: Vec<LabelName> = add.into_iter().filter(|label| !on.contains(label)).collect();
    added.sort();
    added.dedup();
    let mut removed: Vec<LabelName> =
        remove.into_iter().filter(|label| on.contains(label)).collect();
    removed.sort();
    removed.dedup();
    if added.is_empty() && removed.is_empty() {
        return Err(Refusal::Unchanged);
    }
    if on.len() + added.len() > MOST_LABELS + removed.len() {
        return Err(Refusal::TooManyLabels);
    }
    Ok(EventBody::Labelled { agent: by.id, name: by.name, added, removed })
}

/// Whether an agent may do this without the right to take over: what waits is everybody's, what a
/// colleague has is theirs. Labels and priorities are for all to see and to set.
pub fn is_free(sorting: &Sorting, by: &AgentRef, state: (Status, Option<&AgentRef>)) -> bool {
    let (status, owner) = state;
    let is_others = status == Status::Human && owner.is_some_and(|owner| owner.id != by.id);
    match sorting {
        Sorting::Label { .. } | Sorting::Prioritise(_) | Sorting::MarkUnread | Sorting::Reopen => {
            true
        }
        Sorting::Snooze(_) | Sorting::Wake | Sorting::Assign(_) => !is_others,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::AgentId;

    fn ana() -> AgentRef {
        AgentRef { id: AgentId::random(), name: "Ana".to_owned() }
    }

    fn labels(names: &[&str]) -> Vec<LabelName> {
        names.iter().map(|name| LabelName::parse(name).unwrap()).collect()
    }

    #[test]
    fn only_what_changes_becomes_an_event() {
        let mut state = State { status: Status::Waiting, ..State::default() };
        state.triage.labels = labels(&["vip", "refund"]).into_iter().collect();
        let act =
            Sorting::Label { add: labels(&["refund", "new"]), remove: labels(&["vip", "other"]) };
        let Ok(EventBody::Labelled { added, removed, .. }) = act.event(ana(), &state) else {
            panic!("not labelled");
        };
        assert_eq!((added, removed), (labels(&["new"]), labels(&["vip"])));
        let same = Sorting::Label { add: labels(&["vip"]), remove: vec![] };
        assert_eq!(same.event(ana(), &state), Err(Refusal::Unchanged));
        assert_eq!(Sorting::Prioritise(None).event(ana(), &state), Err(Refusal::Unchanged));
        assert_eq!(Sorting::Wake.event(ana(), &state), Err(Refusal::Unchanged));
        let queue = Sorting::Assign(Target::Queue);
        assert_eq!(queue.event(ana(), &state), Err(Refusal::Unchanged));
    }

    #[test]
    fn there_is_room_for_so_many_labels() {
        let many: Vec<String> = (0..=MOST_LABELS).map(|number| format!("label {number}")).collect();
        let add = many.iter().map(|name| LabelName::parse(name).unwrap()).collect();
        let state = State { status: Status::Waiting, ..State::default() };
        let refused = Sorting::Label { add, remove: vec![] }.event(ana(), &state);
        assert_eq!(refused, Err(Refusal::TooManyLabels));
    }

    #[test]
    fn what_a_colleague_has_is_theirs_to_put_away() {
        let (ana, ben) = (ana(), ana());
        let theirs = (Status::Human, Some(&ben));
        assert!(!is_free(&Sorting::Snooze(None), &ana, theirs));
        assert!(!is_free(&Sorting::Assign(Target::Queue), &ana, theirs));
        assert!(is_free(&Sorting::Prioritise(Some(Priority::High)), &ana, theirs));
        assert!(is_free(&Sorting::Snooze(None), &ana, (Status::Waiting, None)));
    }
}
