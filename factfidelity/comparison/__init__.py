"""Would it have happened anyway? Series, controls, staggered starts, cohorts, time to an event, fidelity."""
