//! What the kernel says about the server, and about everything that runs beside it.

use oolong_tests::shop::resident;
use std::{fs, time::Duration};

/// Of the kernel, for times in `/proc`.
const TICKS_PER_SECOND: f64 = 100.0;

/// Waits until the server has compressed the page's files: that is work of its start, not of questions.
pub(crate) async fn settle(server: u32) {
    for _ in 0..120 {
        let before = cpu_seconds(server)[1];
        tokio::time::sleep(Duration::from_secs(1)).await;
        if cpu_seconds(server)[1] - before < 0.03 {
            return;
        }
    }
    panic!("expected the server to come to rest within two minutes");
}

/// MiB that the server holds, each second.
pub(crate) async fn watch_memory(server: u32, seconds: u64) -> Vec<f64> {
    let mut samples = Vec::new();
    for _ in 0..seconds.max(1) {
        tokio::time::sleep(Duration::from_secs(1)).await;
        samples.push(resident(server));
    }
    samples
}

/// Processor time so far, of this process, of the server, and of everything else on the machine.
pub(crate) fn cpu_seconds(server: u32) -> [f64; 3] {
    // After the name, which may hold spaces: the state, ten numbers, time as user, time as system.
    let own = |process: &str| {
        let stat = read(&format!("/proc/{process}/stat"));
        let rest = stat.rsplit(')').next().unwrap_or_default();
        rest.split_whitespace().skip(11).take(2).map(|text| number(Some(text))).sum::<f64>() / TICKS_PER_SECOND
    };
    // user, nice, system, idle, iowait, irq, softirq.
    let all: Vec<f64> = read("/proc/stat").split_whitespace().skip(1).take(7).map(|text| number(Some(text))).collect();
    let busy = (all.iter().sum::<f64>() - all[3] - all[4]) / TICKS_PER_SECOND;
    let (generator, server) = (own("self"), own(&server.to_string()));
    [generator, server, busy - generator - server]
}

fn read(path: &str) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{path}: {error}: is the server gone?"))
}

fn number(text: Option<&str>) -> f64 {
    text.and_then(|text| text.parse().ok()).unwrap_or(f64::NAN)
}
