//! The report of a day over HTTP, in the reader's time zone.

use std::time::Duration;

use actix_web::{HttpResponse, web};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, ToSpan};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::accounts::Permission;
use crate::domain::{Timestamp, UrgencyLevel};
use crate::gateway::error::{ApiError, ErrorBody};
use crate::gateway::gate::Gate;
use crate::gateway::session::SignedIn;
use crate::handoff::CaseStatus;
use crate::insight::DAYS;

/// Which day.
#[derive(Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
pub(super) struct Day {
    /// The time zone of the reader, such as `Europe/Berlin`; `UTC` when left out.
    zone: Option<String>,
    /// The day there, such as 2026-11-25; today when left out, six days ago at the earliest.
    day: Option<String>,
}

/// The figures of a day: in all, by the hour and by the agent; and who waits at this moment.
#[utoipa::path(get, path = "/api/v1/report", tag = "agents", params(Day), security(("session" = [])),
    responses((status = 200, description = "`day`, `zone`, `total`, `hours`, `agents`, `waiting`, `experiments` (of the last seven days), `complete`"),
        (status = 400, body = ErrorBody), (status = 403, body = ErrorBody)))]
pub(super) async fn report(
    gate: web::Data<Gate>,
    agent: SignedIn,
    asked: web::Query<Day>,
) -> Result<HttpResponse, ApiError> {
    agent.require(Permission::ReportsRead)?;
    let zone = asked.zone.as_deref().unwrap_or("UTC");
    let tz =
        TimeZone::get(zone).map_err(|_| invalid("zone", "a time zone such as Europe/Berlin"))?;
    let now = gate.clock.now();
    let today = moment(now).to_zoned_datetime(tz.clone()).date();
    let day = match &asked.day {
        None => today,
        Some(day) => day.parse().map_err(|_| invalid("day", "a day such as 2026-11-25"))?,
    };
    let earliest = today.checked_sub(i64::from(DAYS - 1).days()).unwrap_or(today);
    if day > today || day < earliest {
        return Err(invalid("day", &format!("a day from {earliest} to {today}")));
    }
    let (hours, end) = hours(day, &tz).ok_or(ApiError::Internal)?;
    let (report, complete) = gate.insight.report(&hours, end);
    let agents = report.agents.iter().map(|(id, figures)| {
        let name = gate.accounts.account(*id).map(|account| account.name);
        json!({ "id": id, "name": name, "figures": figures })
    });
    let week = Duration::from_hours(24 * u64::from(DAYS));
    let from = i64::try_from(week.as_millis()).unwrap_or(i64::MAX);
    let experiments = gate.insight.experiments(Timestamp(now.0.saturating_sub(from)));
    Ok(HttpResponse::Ok().json(json!({
        "experiments": experiments, "day": day.to_string(), "zone": zone, "total": report.total, "hours": report.hours,
        "agents": agents.collect::<Vec<_>>(), "waiting": waiting(&gate), "complete": complete,
        "now": now,
    })))
}

fn invalid(field: &'static str, message: &str) -> ApiError {
    ApiError::InvalidField { field, message: message.to_owned() }
}

fn moment(at: Timestamp) -> jiff::Timestamp {
    jiff::Timestamp::from_millisecond(at.0).unwrap_or_default()
}

/// The beginnings of a day's hours, and its end: 23 or 25 hours where the clocks change.
fn hours(day: Date, tz: &TimeZone) -> Option<(Vec<Timestamp>, Timestamp)> {
    let start = day.to_zoned_datetime(tz.clone()).ok()?.timestamp();
    let end = day.tomorrow().ok()?.to_zoned_datetime(tz.clone()).ok()?.timestamp();
    let mut hours = Vec::new();
    let mut at = start;
    while at < end {
        hours.push(Timestamp(at.as_millisecond()));
        at = at.checked_add(SignedDuration::from_hours(1)).ok()?;
    }
    Some((hours, Timestamp(end.as_millisecond())))
}

/// Who waits: how many of each level, and since when the one who waits longest does.
fn waiting(gate: &Gate) -> Value {
    let board = gate.conversations.board();
    let board = board.borrow();
    let waiting = board.waiting.iter().filter(|shown| shown.case.status == CaseStatus::Waiting);
    let all: Vec<(UrgencyLevel, Timestamp)> =
        waiting.map(|shown| (shown.case.waiting.urgency, shown.case.waiting.since)).collect();
    let levels = UrgencyLevel::ALL.into_iter().rev().map(|level| {
        let of_level = all.iter().filter(|(urgency, _)| *urgency == level);
        let oldest = of_level.clone().map(|(_, since)| since.0).min();
        json!({ "level": level, "count": of_level.count(), "oldest": oldest })
    });
    let oldest = all.iter().map(|(_, since)| since.0).min();
    json!({ "count": all.len(), "oldest": oldest, "levels": levels.collect::<Vec<_>>() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_has_as_many_hours_as_its_clocks_say() {
        let count = |day: &str, zone: &str| {
            let (hours, end) = hours(day.parse().unwrap(), &TimeZone::get(zone).unwrap()).unwrap();
            assert!(hours.last().unwrap() < &end);
            hours.len()
        };
        assert_eq!(count("2026-11-30", "Asia/Shanghai"), 24);
        assert_eq!(count("2026-03-29", "Europe/Berlin"), 23);
        assert_eq!(count("2026-10-25", "Europe/Berlin"), 25);
        let (hours, _) =
            hours("2026-11-30".parse().unwrap(), &TimeZone::get("Asia/Kolkata").unwrap()).unwrap();
        assert_eq!(hours[0].0 % 3_600_000, 1_800_000, "the day begins at half past in UTC");
    }
}
