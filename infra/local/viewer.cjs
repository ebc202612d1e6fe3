// Runs the front's function as CloudFront does: an event a line in, what the function returned a line out.
// It sees no more of Node than a console, so that code which CloudFront could not run fails here too.
const fs = require('fs');
const readline = require('readline');
const vm = require('vm');

const log = (...said) => process.stderr.write(said.join(' ') + '\n');
const context = vm.createContext({ console: { log } });
vm.runInContext(fs.readFileSync(process.argv[2], 'utf8'), context, { filename: process.argv[2] });
const handler = vm.runInContext('handler', context);

readline.createInterface({ input: process.stdin }).on('line', (line) => {
    process.stdout.write(JSON.stringify(handler(JSON.parse(line))) + '\n');
});
