import { test } from "bun:test";
import { EngineHarness } from "/work/main/packages/engine/test/engine-harness.ts";
test("x", async () => {
  let n=0, f=0;
  const h = new EngineHarness({ retryIntervalMs: 1000, functions: (i)=>[
    i.createFunction({id:"child", name:"Child", triggers:[{event:"demo/child"}]}, async({event})=>({got:event.data.x})),
    i.createFunction({id:"ok", name:"All kinds", triggers:[{event:"demo/ok"}], retries:3}, async({step})=>{
      await step.run("load", ()=>({hello:"a"}));
      await step.run("flaky", ()=>{ if(n++<2) throw new Error("first"); return 1; });
      if (f++ < 1) throw new Error("body fails");
      await Promise.all([step.run("p1",()=>1), step.run("p2",()=>2)]);
      await step.sleep("nap","5s");
      const w = await step.waitForEvent("wait",{event:"demo/never",timeout:"3s"});
      const r = await step.invoke("call",{function: i.createFunction({id:"child",triggers:[{event:"demo/child"}]},async()=>{}) as any, data:{x:3}});
      return {w,r};
    })]});
  await h.sync();
  const id = await h.send({name:"demo/ok",data:{k:1}});
  await h.advanceUntil(async()=> (await h.runsOf(id)).every(r=>r.status==="Completed"||r.status==="Failed"));
  const [run]=await h.runsOf(id);
  const show=(s:any,d=0):any=>{console.log(" ".repeat(d),s.name,s.status,s.stepOp,s.queuedAt?.slice(14),s.startedAt?.slice(14),s.endedAt?.slice(14),s.durationMs,JSON.stringify(s.input),JSON.stringify(s.output)?.slice(0,90)); for(const c of s.children??[]) show(c,d+2)};
  const t=await (await h.request(`/api/v2/runs/${run!.id}/trace?includeOutput=true`)).json() as any;
  show(t.data.rootSpan);
  console.log(await (await h.request(`/api/v2/runs?includeOutput=true`)).text());
  console.log(await (await h.request(`/api/v2/apps/app/functions`)).text());
  const g=await (await h.request("/v0/gql",{method:"POST",body:JSON.stringify({query:`{run(runID:"${run!.id}"){status trace(preview:true){name stepType attempts status outputID childrenSpans{name stepType attempts status outputID childrenSpans{name status}}}}}`})})).json() as any;
  console.log(JSON.stringify(g,null,1).slice(0,3000));
});
