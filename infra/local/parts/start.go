package parts

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"strconv"
	"time"
)

// DefaultRegion is in the ARNs of a part that is given no other.
const DefaultRegion = "eu-west-1"

// Account is the AWS account in the parts' ARNs.
const Account = "000000000000"

// Options say how a part runs. The zero value is a part on a free port whose data survive its
// death and end when it is closed.
type Options struct {
	// Port to listen on, on the loopback address; 0 takes a free one.
	Port int
	// DataDir is the folder in which data are kept between runs, made if need be, each part's
	// in one of its own. Empty: a fresh folder, in memory where the system has such a file
	// system, removed when the part ends.
	DataDir string
	// InMemory keeps the data in the process, so that they end with it even when it is killed
	// and started again. For tests; not together with DataDir.
	InMemory bool
	// ClockSkew moves the part's clock ahead, as [Process.SetClock] does while it runs (SES and
	// Step Functions; DynamoDB's only visible clock is that of its streams' records).
	ClockSkew time.Duration
	// Region is in the ARNs of Step Functions; empty means DefaultRegion.
	Region string
	// HeapMB bounds the memory of DynamoDB's heap; 0 is 512.
	HeapMB int
	// Log gets the part's output at level debug, and its deaths as warnings; nil drops both.
	Log *slog.Logger
}

// StartDynamoDB starts DynamoDB Local. One set of tables serves every region and credential.
// The context bounds the part's life. Errors: the port is taken, the data are in use, or the
// part died at its start.
func (i *Installation) StartDynamoDB(ctx context.Context, o Options) (*Process, error) {
	return start(ctx, "DynamoDB", "dynamodb", o, func(port int, dir string) program {
		args := []string{
			"-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", fmt.Sprintf("-Xmx%dm", cmp.Or(o.HeapMB, 512)), "-XX:-UsePerfData",
			"-Djava.library.path=" + filepath.Join(i.dynamoDB, "DynamoDBLocal_lib"),
			"-jar", filepath.Join(i.dynamoDB, "DynamoDBLocal.jar"),
			"-disableTelemetry", "-sharedDb", "-port", strconv.Itoa(port),
		}
		if dir == "" {
			args = append(args, "-inMemory")
		} else {
			args = append(args, "-dbPath", dir)
		}
		return program{path: i.java, args: args, dir: i.dynamoDB, env: childEnvironment()}
	})
}

// StartSES starts SES v2 with its mailbox: a page for people at the endpoint itself, and
// GET /store for programs. The context bounds the part's life. Errors as of StartDynamoDB.
func (i *Installation) StartSES(ctx context.Context, o Options) (*Process, error) {
	return start(ctx, "SES", "ses", o, func(port int, dir string) program {
		return i.nodeProgram("ses", port, dir, o)
	})
}

// StartStepFunctions starts Step Functions, which invokes functions at lambdaEndpoint. That
// endpoint should answer already: unfinished executions in DataDir go on at once. The context
// bounds the part's life. Errors as of StartDynamoDB.
func (i *Installation) StartStepFunctions(ctx context.Context, lambdaEndpoint string, o Options) (*Process, error) {
	if o.Region == "" {
		o.Region = DefaultRegion
	}
	return start(ctx, "Step Functions", "stepfunctions", o, func(port int, dir string) program {
		return i.nodeProgram("stepfunctions", port, dir, o, "AWS_REGION="+o.Region, "AWS_ENDPOINT_URL_LAMBDA="+lambdaEndpoint)
	})
}

// StateMachineARN is the ARN that Step Functions gives to the state machine of that name.
func StateMachineARN(region, name string) string {
	return fmt.Sprintf("arn:aws:states:%s:%s:stateMachine:%s", region, Account, name)
}

func (i *Installation) nodeProgram(name string, port int, dir string, o Options, own ...string) program {
	own = append(own,
		"HOST="+loopback, "PORT="+strconv.Itoa(port), "DATA_DIR="+dir)
	return program{
		path: i.node,
		args: []string{"--import", "file://" + filepath.Join(i.programs, "preload.mjs"), filepath.Join(i.programs, name, "server.mjs")},
		env:  childEnvironment(own...), skew: o.ClockSkew,
	}
}

// start gives a part its port and folder, and runs it. A part that died at its start on a port
// that was ours to choose gets another: somebody may have taken it in between.
func start(ctx context.Context, part, folder string, o Options, describe func(port int, dir string) program) (*Process, error) {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	for try := 1; ; try++ {
		chosen, giveBack, err := port(part, o.Port)
		if err != nil {
			return nil, err
		}
		dir, release, err := dataDir(part, folder, o)
		if err != nil {
			giveBack()
			return nil, err
		}
		prog := describe(chosen, dir)
		prog.part, prog.endpoint, prog.log = part, "http://"+address(chosen), o.Log
		prog.release = func() { release(); giveBack() }
		process, err := run(ctx, prog)
		if err == nil || o.Port != 0 || try == 3 || !errors.Is(err, errDiedEarly) {
			return process, err
		}
	}
}
