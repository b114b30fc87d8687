//! Settings of the hand-off to humans.

use confique::Config;

/// Who is served first, and how customers are offered to agents.
#[derive(Clone, Debug, Config)]
#[config(layer_attr(serde(deny_unknown_fields)))]
pub struct Handoff {
    /// Whether waiting customers are offered to agents who are free; without, agents take them from
    /// the queue themselves.
    #[config(default = true, env = "FRONTDESK_HANDOFF_OFFERS")]
    pub offers: bool,
    /// How many seconds an offer stands.
    #[config(default = 30, env = "FRONTDESK_HANDOFF_OFFER_SECONDS")]
    pub offer_seconds: u64,
    /// How many seconds a lost connection may last before the agent counts as offline.
    #[config(default = 45, env = "FRONTDESK_HANDOFF_LAPSE_SECONDS")]
    pub lapse_seconds: u64,
    /// How many seconds later the agent's conversations go back to the queue.
    #[config(default = 180, env = "FRONTDESK_HANDOFF_GIVE_BACK_SECONDS")]
    pub give_back_seconds: u64,
    /// How many seconds a customer is kept for the agent who knows them, or to whom they were
    /// transferred.
    #[config(default = 120, env = "FRONTDESK_HANDOFF_STICKY_SECONDS")]
    pub sticky_seconds: u64,
    /// How many seconds a declined customer is not offered to the same agent again.
    #[config(default = 300, env = "FRONTDESK_HANDOFF_DECLINED_SECONDS")]
    pub declined_seconds: u64,
    /// Minutes by which a matter of the level `urgent` counts as having waited longer.
    #[config(default = 720, env = "FRONTDESK_HANDOFF_URGENT_MINUTES")]
    pub urgent_minutes: u32,
    /// The same for the level `high`.
    #[config(default = 90, env = "FRONTDESK_HANDOFF_HIGH_MINUTES")]
    pub high_minutes: u32,
    /// The same for the level `normal`; `low` has none.
    #[config(default = 20, env = "FRONTDESK_HANDOFF_NORMAL_MINUTES")]
    pub normal_minutes: u32,
    /// The same for a customer who is upset.
    #[config(default = 10, env = "FRONTDESK_HANDOFF_UPSET_MINUTES")]
    pub upset_minutes: u32,
    /// The same for a customer of the value band `vip`.
    #[config(default = 30, env = "FRONTDESK_HANDOFF_VIP_MINUTES")]
    pub vip_minutes: u32,
    /// The same for the value band `high`.
    #[config(default = 15, env = "FRONTDESK_HANDOFF_VALUED_MINUTES")]
    pub valued_minutes: u32,
    /// The same for a conversation that an agent has had already.
    #[config(default = 15, env = "FRONTDESK_HANDOFF_RETURNED_MINUTES")]
    pub returned_minutes: u32,
    /// So many minutes before a promised time, or before the channel closes, it begins to count.
    #[config(default = 60, env = "FRONTDESK_HANDOFF_LEAD_MINUTES")]
    pub lead_minutes: u32,
}

impl Handoff {
    /// What is wrong with a value, with the setting's name.
    pub(super) fn mistake(&self) -> Option<(&'static str, &'static str)> {
        let seconds = [
            ("handoff.offer_seconds", self.offer_seconds),
            ("handoff.lapse_seconds", self.lapse_seconds),
            ("handoff.give_back_seconds", self.give_back_seconds),
            ("handoff.sticky_seconds", self.sticky_seconds),
            ("handoff.declined_seconds", self.declined_seconds),
        ];
        if let Some((key, _)) = seconds.iter().find(|(_, seconds)| !(1..=86_400).contains(seconds))
        {
            return Some((key, "must lie between 1 and 86400"));
        }
        let minutes = [
            ("handoff.urgent_minutes", self.urgent_minutes),
            ("handoff.high_minutes", self.high_minutes),
            ("handoff.normal_minutes", self.normal_minutes),
            ("handoff.upset_minutes", self.upset_minutes),
            ("handoff.vip_minutes", self.vip_minutes),
            ("handoff.valued_minutes", self.valued_minutes),
            ("handoff.returned_minutes", self.returned_minutes),
            ("handoff.lead_minutes", self.lead_minutes),
        ];
        if let Some((key, _)) = minutes.iter().find(|(_, minutes)| *minutes > 100_000) {
            return Some((key, "must be 100000 or less"));
        }
        let in_order =
            self.urgent_minutes >= self.high_minutes && self.high_minutes >= self.normal_minutes;
        (!in_order).then_some((
            "handoff.high_minutes",
            "must lie between handoff.normal_minutes and handoff.urgent_minutes",
        ))
    }
}
