# Every command prepares what it needs by itself; `make up GLOSS_PORT=9000 GLOSS_HOME=/tmp/gloss` runs a second instance.
PYTHON ?= python3
RUN = @$(PYTHON) infra/bootstrap.py
.PHONY: demo up down reset status test conformance check format docs lock synth deploy destroy redrive bench
demo:    ; $(RUN) demo
up:      ; $(RUN) up
down:    ; $(RUN) down
reset:   ; $(RUN) reset
status:  ; $(RUN) status
test:    ; $(RUN) test
conformance: ; $(RUN) conformance
check:   ; $(RUN) check
format:  ; $(RUN) format
docs:    ; $(RUN) docs
lock:    ; $(RUN) lock
synth:   ; $(RUN) synth $(ARGS)
deploy:  ; $(RUN) deploy $(ARGS)
destroy: ; $(RUN) destroy $(ARGS)
redrive: ; $(RUN) redrive
bench:   ; $(RUN) bench $(ARGS)
