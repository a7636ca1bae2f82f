def write_report(job, ledger): pass
