//! Memory that was needed for a while.

/// From so many bytes on, what is allocated goes back to the system as soon as it is freed.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
const LARGE: libc::c_int = 256 * 1_024;

/// Has the allocator keep less for later. Learning needs much for a short time, on several threads; as
/// glibc is set, what stays lies scattered among it and keeps half as much again in memory. Before
/// any other thread is started.
pub fn keep_memory_together() {
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    {
        // one for each core, instead of eight: more threads than that do not run at once
        let cores = std::thread::available_parallelism().map_or(2, usize::from);
        let arenas = libc::c_int::try_from(cores).unwrap_or(libc::c_int::MAX);
        for (setting, value) in [(libc::M_MMAP_THRESHOLD, LARGE), (libc::M_ARENA_MAX, arenas)] {
            // SAFETY: `mallopt` changes settings of the allocator only; what it refuses stays.
            #[expect(unsafe_code, reason = "no crate has a safe form of it")]
            unsafe {
                libc::mallopt(setting, value);
            }
        }
    }
}

/// Gives the system back what the allocator keeps for later: after learning, that is more than what
/// is in use. It takes some milliseconds.
pub fn return_unused_memory() {
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    {
        // SAFETY: `malloc_trim` may be called by any thread at any time; it releases free memory only.
        #[expect(unsafe_code, reason = "no crate has a safe form of it")]
        unsafe {
            libc::malloc_trim(0);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Kilobytes in memory.
    #[cfg(target_os = "linux")]
    fn resident() -> usize {
        let status = std::fs::read_to_string("/proc/self/status").unwrap();
        let line = status.lines().find(|line| line.starts_with("VmRSS:")).unwrap();
        line.split_whitespace().nth(1).unwrap().parse().unwrap()
    }

    #[test]
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    fn what_is_free_is_given_back() {
        let many: Vec<Vec<u8>> = (0..200_000).map(|_| vec![1; 1_000]).collect();
        // what is kept lies between, so that the end of the heap cannot just move
        let kept: Vec<Vec<u8>> = many.into_iter().step_by(1_000).collect();
        let before = resident();
        return_unused_memory();
        let after = resident();
        assert!(after + 50_000 < before, "{before} kB before, {after} kB after");
        assert_eq!(kept.len(), 200);
    }
}
